/** What an event of the organization changes of what was fetched. An aggregate comes whole; an older version changes nothing. */
import { hashKey, type InfiniteData, type QueryClient, type QueryKey } from "@tanstack/react-query";
import type { components as Catalog } from "@/lib/api/catalog";
import type { components as Public } from "@/lib/api/public";
import { keys } from "@/lib/queries";

/** An event as the gateway tells it. */
export interface Event {
  /** For example incident.update_posted. */
  type: string;
  id: string;
  time: string;
  /** Where in the stream it stands: everything with a lower one came before. */
  position: string;
  data: Record<string, unknown>;
}

type Service = Catalog["schemas"]["ServiceView"];
type PublicPage = Public["schemas"]["Aggregate"];

/** What `data` of page.changed holds. */
export interface PageChanged {
  page_version: number;
  previous_version: number;
  position: string;
  complete: boolean;
  sections: Partial<PublicPage>;
}

interface Versioned {
  version: number;
}

export function apply(cache: QueryClient, organizationId: string, event: Event): void {
  const { data } = event;
  const id = typeof data.id === "string" ? data.id : "";
  const refetch = (queryKey: QueryKey) => refetchSoon(cache, queryKey);
  const [aggregate, what] = event.type.split(".");
  switch (aggregate) {
    case "incident":
      if (what === "deleted") refetch(keys.incident(organizationId, id));
      else putNewer(cache, keys.incident(organizationId, id), data);
      if (what === "update_edited" || what === "update_deleted") refetch(keys.incidentEdits(organizationId, id));
      changeInLists(cache, keys.incidents(organizationId), id, data);
      refetch(keys.incidents(organizationId));
      break;
    case "maintenance":
      if (what === "reminder_due") break; // says nothing new of the window
      if (what === "deleted") refetch(keys.maintenance(organizationId, id));
      else putNewer(cache, keys.maintenance(organizationId, id), data);
      refetch(keys.maintenances(organizationId));
      refetch(keys.series(organizationId));
      break;
    case "service":
      changeService(cache, organizationId, id, (service) => mergeNewer(service, data));
      if (what !== "updated") refetch(keys.services(organizationId));
      refetch(keys.service(organizationId, id));
      break;
    case "service_status": {
      const serviceId = String(data.service_id);
      changeService(cache, organizationId, serviceId, (service) => withStatus(service, data));
      refetch(keys.serviceHistory(organizationId, serviceId));
      break;
    }
    case "layout":
      putNewer(cache, keys.layout(organizationId), data);
      break;
    case "page_settings":
      putNewer(cache, keys.page(organizationId), data);
      break;
    case "custom_domain":
      refetch(keys.domains(organizationId));
      break;
    case "page":
      applyPageChange(cache, keys.publicPage(organizationId), data as unknown as PageChanged);
      break;
    case "member":
      refetch(keys.members(organizationId));
      refetch(keys.invitations(organizationId));
      break;
    case "api_key":
      refetch(keys.apiKeys(organizationId));
      break;
  }
  if (aggregate !== "page") refetch(keys.audit(organizationId));
}

/** Whether the position is at or after the other: that what is told there is contained. Positions of another epoch tell nothing. */
export function isAtOrAfter(position: string, other: string): boolean {
  const [epoch, offset] = position.split("-");
  const [otherEpoch, otherOffset] = other.split("-");
  return epoch === otherEpoch && Number(offset) >= Number(otherOffset);
}

/** The newer of the two, over the older: what only an API's answer has stays. */
export function mergeNewer<Known extends Versioned>(known: Known, told: object): Known {
  const version = "version" in told ? told.version : undefined;
  return typeof version === "number" && version > known.version ? { ...known, ...told } : known;
}

const REFETCH_AFTER_MS = 200;
const waiting = new WeakMap<QueryClient, Set<string>>();

/** A series tells of each of its hundred windows: what they all change is fetched a few times then, not a hundred times. */
function refetchSoon(cache: QueryClient, queryKey: QueryKey): void {
  void cache.invalidateQueries({ queryKey, refetchType: "none" });
  const names = waiting.get(cache) ?? new Set();
  waiting.set(cache, names);
  const name = hashKey(queryKey);
  if (names.has(name)) return;
  names.add(name);
  setTimeout(() => {
    names.delete(name);
    void cache.refetchQueries({ queryKey, type: "active", stale: true });
  }, REFETCH_AFTER_MS);
}

function putNewer(cache: QueryClient, key: QueryKey, told: object): void {
  cache.setQueryData<Versioned>(key, (known) => known && mergeNewer(known, told));
}

function changeInLists(cache: QueryClient, key: QueryKey, id: string, told: object): void {
  type Lists = InfiniteData<{ items: (Versioned & { id: string })[] }>;
  const inPage = (page: Lists["pages"][number]) => ({
    ...page,
    items: page.items.map((item) => (item.id === id ? mergeNewer(item, told) : item)),
  });
  cache.setQueriesData<Lists>({ queryKey: key }, (known) => known && { ...known, pages: known.pages.map(inPage) });
}

function changeService(cache: QueryClient, organizationId: string, id: string, change: (service: Service) => Service) {
  cache.setQueryData<Service[]>(keys.services(organizationId), (known) =>
    known?.map((service) => (service.id === id ? change(service) : service)),
  );
  cache.setQueryData<Service>(keys.service(organizationId, id), (known) => known && change(known));
}

/** The status is an aggregate of its own, whose version a service does not show; times of one service only grow. */
function withStatus(service: Service, told: Record<string, unknown>): Service {
  const changedAt = String(told.changed_at);
  if (Date.parse(changedAt) < Date.parse(service.status_changed_at)) return service;
  const { status, base_status, causes, under_maintenance, windows } = told as unknown as Service;
  return { ...service, status, base_status, causes, under_maintenance, windows, status_changed_at: changedAt };
}

/** Sections fit on the page before them only; else the page is fetched. */
function applyPageChange(cache: QueryClient, queryKey: QueryKey, change: PageChanged): void {
  const known = cache.getQueryData<PublicPage>(queryKey);
  if (known && change.page_version <= known.page_version) return;
  if (known && change.complete && change.previous_version === known.page_version) {
    const { page_version, position, sections } = change;
    cache.setQueryData<PublicPage>(queryKey, { ...known, ...sections, page_version, position });
  } else {
    void cache.invalidateQueries({ queryKey });
  }
}
