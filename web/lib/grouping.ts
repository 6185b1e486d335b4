/** The services in the order of the page, below the names of the groups that they are in. */
import type { components } from "@/lib/api/catalog";

type Service = components["schemas"]["ServiceView"];
type Layout = components["schemas"]["Layout"];
type Group = components["schemas"]["GroupEntry-Output"];

export interface GroupOfServices {
  /** Of the group itself, or of the layout where there is none. */
  id: string;
  /** The names of the groups it is in, the outermost first; none for services that are in no group. */
  names: string[];
  services: Service[];
}

/** Neighbours that are in no group are together; what the layout does not know (yet) is last. */
export function grouped(layout: Layout, services: Service[]): GroupOfServices[] {
  const byId = new Map(services.map((service) => [service.id, service]));
  const found: GroupOfServices[] = [];

  const take = (id: string): Service[] => {
    const service = byId.get(id);
    byId.delete(id);
    return service ? [service] : [];
  };
  const add = (group: GroupOfServices) => group.services.length > 0 && found.push(group);
  const visit = (group: Group, above: string[]) => {
    const names = [...above, group.name];
    add({ id: group.id, names, services: group.entries.flatMap(({ id }) => take(id)) });
    for (const inner of group.groups) visit(inner, names);
  };

  for (const entry of layout.entries) {
    if (entry.type === "group") {
      visit(entry, []);
      continue;
    }
    const last = found.at(-1);
    if (last?.names.length === 0) last.services.push(...take(entry.id));
    else add({ id: entry.id, names: [], services: take(entry.id) });
  }
  add({ id: "others", names: [], services: [...byId.values()] });
  return found;
}
