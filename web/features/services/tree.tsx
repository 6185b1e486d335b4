/** Services and groups, within each other as on the page. */
import { GroupRow } from "@/features/services/group-row";
import { type Change, childrenOf, type Direction, type Entry, type Group, type Move } from "@/features/services/layout";
import { ServiceRow } from "@/features/services/service-row";
import type { Service } from "@/features/services/use-status";

/** What every row of the list needs to know, and what can be done from it. */
export interface Tree {
  slug: string;
  byId: Map<string, Service>;
  mayArrange: boolean;
  isArranging: boolean;
  /** Groups that are closed here. */
  closed: Set<string>;
  moveOf: (id: string, direction: Direction) => Move | null;
  onMove: (id: string, name: string, direction: Direction) => void;
  onChange: (change: Change, done: string) => void;
  onToggle: (groupId: string) => void;
  onCreate: (groupId: string) => void;
  onEdit: (service: Service) => void;
  onDelete: (service: Service) => void;
  onRename: (group: Group) => void;
}

export function Entries({ entries, tree }: { entries: Entry[]; tree: Tree }) {
  return (
    <ul className="flex flex-col">
      {entries.map((entry) => {
        if (entry.type === "group") {
          return (
            <li key={entry.id}>
              <GroupRow group={entry} tree={tree}>
                <Entries entries={childrenOf(entry)} tree={tree} />
              </GroupRow>
            </li>
          );
        }
        const service = tree.byId.get(entry.id);
        return (
          service && (
            <li key={entry.id}>
              <ServiceRow service={service} tree={tree} />
            </li>
          )
        );
      })}
    </ul>
  );
}
