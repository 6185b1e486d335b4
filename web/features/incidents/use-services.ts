/** The services that an incident may name. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useOrganization } from "@/features/shell/organization";
import { type GroupOfServices, grouped } from "@/lib/grouping";
import { queries } from "@/lib/queries";

export interface Services {
  groups: GroupOfServices[];
  /** What a service is called; of one that is not known, what `otherwise` says. */
  nameOf: (id: string, otherwise?: string) => string;
}

/** Undefined until they are there. `error` when they cannot be had. */
export function useServices(): { services: Services | undefined; error: unknown; retry: () => void } {
  const organization = useOrganization();
  const layout = useQuery(queries.layout(organization));
  const list = useQuery(queries.services(organization));
  const services = useMemo(() => {
    if (!layout.data || !list.data) return undefined;
    const names = new Map(list.data.map(({ id, name }) => [id, name]));
    return {
      groups: grouped(layout.data, list.data),
      nameOf: (id: string, otherwise = "A service") => names.get(id) ?? otherwise,
    };
  }, [layout.data, list.data]);
  return {
    services,
    error: services ? null : (layout.error ?? list.error),
    retry: () => void Promise.all([layout.refetch(), list.refetch()]),
  };
}
