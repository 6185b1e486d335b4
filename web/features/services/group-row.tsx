/** A group in the list, and everything in it below. Its arrow closes it here only; whether visitors find it closed is in its menu. */
import { ChevronDown, ChevronRight, EllipsisVertical, FoldVertical, Pencil, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { StatusIcon } from "@/components/status-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { ArrangeButtons, movesByKeyboard } from "@/features/services/arrange-buttons";
import { type Group, idsIn } from "@/features/services/layout";
import { ROW } from "@/features/services/service-row";
import type { Tree } from "@/features/services/tree";
import { lookOf, worst } from "@/lib/status";

interface Props {
  group: Group;
  tree: Tree;
  /** What is in it. */
  children: ReactNode;
}

export function GroupRow({ group, tree, children }: Props) {
  const { mayArrange, isArranging, moveOf, onMove } = tree;
  const { id, name } = group;
  const isClosed = tree.closed.has(id);
  const inside = idsIn(group).flatMap((each) => tree.byId.get(each) ?? []);
  const status = worst(inside.map((service) => service.status));
  return (
    <>
      <div
        className={ROW}
        data-row={id}
        onKeyDownCapture={mayArrange ? movesByKeyboard((direction) => onMove(id, name, direction)) : undefined}
      >
        <Button
          kind="quiet"
          className="-ml-2 min-w-0 shrink justify-start px-2 font-semibold text-ink"
          aria-expanded={!isClosed}
          data-control="name"
          onClick={() => tree.onToggle(id)}
        >
          {isClosed ? <ChevronRight aria-hidden /> : <ChevronDown aria-hidden />}
          <span className="truncate">{name}</span>
        </Button>
        {status !== "operational" && <StatusIcon status={status} label={lookOf(status).word} />}
        <span className="text-quiet text-xs">
          {inside.length}
          <span className="sr-only"> services</span>
        </span>
        {group.collapsed && <Badge className="max-sm:hidden">Kept closed</Badge>}
        <span className="flex-1" />
        {isArranging ? (
          <ArrangeButtons
            name={name}
            moveOf={(direction) => moveOf(id, direction)}
            onMove={(direction) => onMove(id, name, direction)}
          />
        ) : (
          mayArrange && <GroupMenu group={group} tree={tree} />
        )}
      </div>
      {!isClosed && (
        <div className="ml-3 border-l pl-1 sm:ml-4 sm:pl-3">
          {inside.length + group.groups.length > 0 ? (
            children
          ) : (
            <p className="px-2 py-2 text-quiet text-xs">Nothing is in this group; visitors do not see it.</p>
          )}
        </div>
      )}
    </>
  );
}

function GroupMenu({ group, tree }: { group: Group; tree: Tree }) {
  const { id, name, collapsed } = group;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button kind="quiet" size="icon" aria-label={`More for the group ${name}`}>
          <EllipsisVertical aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuItem onSelect={() => tree.onCreate(id)}>
          <Plus aria-hidden /> New service in it
        </MenuItem>
        <MenuItem onSelect={() => tree.onRename(group)}>
          <Pencil aria-hidden /> Rename
        </MenuItem>
        <MenuItem
          onSelect={() =>
            tree.onChange(
              { kind: "edit", id, collapsed: !collapsed },
              collapsed ? `${name} opens when something in it is wrong` : `${name} stays closed until visitors open it`,
            )
          }
        >
          <FoldVertical aria-hidden /> {collapsed ? "Open it by itself on the page" : "Keep it closed on the page"}
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          danger
          onSelect={() => tree.onChange({ kind: "remove", id }, `Group ${name} deleted, its services stay`)}
        >
          <Trash2 aria-hidden /> Delete the group
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
