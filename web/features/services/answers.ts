/** What catalog answered of a service, into what was fetched. Lists are not asked for again: events of the organization do that. */
import type { QueryClient } from "@tanstack/react-query";
import type { components } from "@/lib/api/catalog";
import { keys } from "@/lib/queries";

type Service = components["schemas"]["ServiceView"];

/** A service and its status have versions of their own: an answer that is older in either is not believed. */
export function keepAnswer(cache: QueryClient, organizationId: string, answer: Service): void {
  const newer = (known: Service) => {
    const isNewer =
      answer.version >= known.version && Date.parse(answer.status_changed_at) >= Date.parse(known.status_changed_at);
    return isNewer ? answer : known;
  };
  cache.setQueryData<Service>(keys.service(organizationId, answer.id), (known) => known && newer(known));
  cache.setQueryData<Service[]>(keys.services(organizationId), (known) => {
    if (!known) return known;
    const isThere = known.some(({ id }) => id === answer.id);
    return isThere ? known.map((each) => (each.id === answer.id ? newer(each) : each)) : [...known, answer];
  });
  void cache.invalidateQueries({ queryKey: keys.serviceHistory(organizationId, answer.id) });
}

/** It was deleted, and is among the deleted ones now. */
export function dropService(cache: QueryClient, organizationId: string, id: string): void {
  cache.setQueryData<Service[]>(keys.services(organizationId), (known) => known?.filter((each) => each.id !== id));
  void cache.invalidateQueries({ queryKey: keys.services(organizationId) });
}
