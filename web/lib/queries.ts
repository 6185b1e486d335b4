/** Server state: every key, and how it is fetched. `lib/realtime.ts` keeps it up to date by the same keys. */
import { infiniteQueryOptions, QueryClient, queryOptions, replaceEqualDeep } from "@tanstack/react-query";
import { type Client, data } from "@/lib/api/client";
import { Problem } from "@/lib/problem";
import type { MaintenanceStatus } from "@/lib/status";

/** What queries need to know of the organization that they are of. */
export interface Of {
  id: string;
  slug: string;
  api: Client;
}

const LIST_LIMIT = 50;
/** Services answer no more at once. */
const MOST = 100;

/** All keys of an organization begin with it, so that they can be invalidated together. */
export const keys = {
  organization: (id: string) => ["organization", id] as const,
  page: (id: string) => [...keys.organization(id), "page"] as const,
  domains: (id: string) => [...keys.organization(id), "domains"] as const,
  layout: (id: string) => [...keys.organization(id), "layout"] as const,
  services: (id: string) => [...keys.organization(id), "services"] as const,
  service: (id: string, serviceId: string) => [...keys.organization(id), "service", serviceId] as const,
  serviceHistory: (id: string, serviceId: string) => [...keys.service(id, serviceId), "history"] as const,
  incidents: (id: string) => [...keys.organization(id), "incidents"] as const,
  incident: (id: string, incidentId: string) => [...keys.organization(id), "incident", incidentId] as const,
  incidentEdits: (id: string, incidentId: string) => [...keys.incident(id, incidentId), "edits"] as const,
  templates: (id: string) => [...keys.organization(id), "templates"] as const,
  maintenances: (id: string) => [...keys.organization(id), "maintenances"] as const,
  maintenance: (id: string, maintenanceId: string) => [...keys.organization(id), "maintenance", maintenanceId] as const,
  series: (id: string) => [...keys.organization(id), "series"] as const,
  members: (id: string) => [...keys.organization(id), "members"] as const,
  invitations: (id: string) => [...keys.organization(id), "invitations"] as const,
  apiKeys: (id: string) => [...keys.organization(id), "api-keys"] as const,
  audit: (id: string) => [...keys.organization(id), "audit"] as const,
  publicPage: (id: string) => [...keys.organization(id), "public-page"] as const,
};

export interface IncidentFilter {
  state?: "open" | "resolved";
  service_id?: string;
  started_from?: string;
  started_until?: string;
}

export interface MaintenanceFilter {
  state?: MaintenanceStatus;
  /** Those that end after it. */
  from?: string;
  service_id?: string;
  limit: number;
}

export const queries = {
  page: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.page(id),
      queryFn: ({ signal }) => data(api.GET("/api/catalog/v1/page", { signal })),
    }),

  layout: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.layout(id),
      queryFn: ({ signal }) => data(api.GET("/api/catalog/v1/layout", { signal })),
    }),

  services: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.services(id),
      // They are at most 500, and whoever shows some of them needs to know the others.
      queryFn: ({ signal }) =>
        everything((cursor) =>
          data(api.GET("/api/catalog/v1/services", { params: { query: { cursor, limit: MOST } }, signal })),
        ),
    }),

  /** Those that can be restored still. */
  deletedServices: ({ id, api }: Of) =>
    queryOptions({
      queryKey: [...keys.services(id), "deleted"],
      queryFn: ({ signal }) =>
        everything((cursor) =>
          data(
            api.GET("/api/catalog/v1/services", { params: { query: { cursor, limit: MOST, deleted: true } }, signal }),
          ),
        ),
    }),

  service: ({ id, api }: Of, serviceId: string) =>
    queryOptions({
      queryKey: keys.service(id, serviceId),
      queryFn: ({ signal }) =>
        data(api.GET("/api/catalog/v1/services/{service_id}", { params: { path: { service_id: serviceId } }, signal })),
    }),

  serviceHistory: ({ id, api }: Of, serviceId: string) =>
    infiniteQueryOptions({
      queryKey: keys.serviceHistory(id, serviceId),
      queryFn: ({ signal, pageParam }) =>
        data(
          api.GET("/api/catalog/v1/services/{service_id}/history", {
            params: { path: { service_id: serviceId }, query: { cursor: pageParam, limit: LIST_LIMIT } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),

  incidents: ({ id, api }: Of, filter: IncidentFilter = {}) =>
    infiniteQueryOptions({
      queryKey: [...keys.incidents(id), filter],
      queryFn: ({ signal, pageParam }) =>
        data(
          api.GET("/api/incidents/v1/incidents", {
            params: { query: { ...filter, cursor: pageParam, limit: LIST_LIMIT } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),

  incident: ({ id, api }: Of, incidentId: string) =>
    queryOptions({
      queryKey: keys.incident(id, incidentId),
      queryFn: ({ signal }) =>
        data(
          api.GET("/api/incidents/v1/incidents/{incident_id}", {
            params: { path: { incident_id: incidentId } },
            signal,
          }),
        ),
      structuralSharing: neverOlder("version"),
    }),

  templates: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.templates(id),
      queryFn: ({ signal }) =>
        everything((cursor) =>
          data(api.GET("/api/incidents/v1/templates", { params: { query: { cursor, limit: MOST } }, signal })),
        ),
    }),

  /** In the order of their starts. */
  maintenances: ({ id, api }: Of, filter: MaintenanceFilter) =>
    queryOptions({
      queryKey: [...keys.maintenances(id), filter],
      queryFn: async ({ signal }) =>
        (await data(api.GET("/api/maintenance/v1/maintenances", { params: { query: filter }, signal }))).items,
    }),

  maintenance: ({ id, api }: Of, maintenanceId: string) =>
    queryOptions({
      queryKey: keys.maintenance(id, maintenanceId),
      queryFn: ({ signal }) =>
        data(
          api.GET("/api/maintenance/v1/maintenances/{maintenance_id}", {
            params: { path: { maintenance_id: maintenanceId } },
            signal,
          }),
        ),
      structuralSharing: neverOlder("version"),
    }),

  members: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.members(id),
      queryFn: async ({ signal }) => (await data(api.GET("/api/identity/v1/members", { signal }))).items,
    }),

  /** What visitors see, as public-api has it. */
  publicPage: ({ id, slug, api }: Of) =>
    queryOptions({
      queryKey: keys.publicPage(id),
      queryFn: ({ signal }) => data(api.GET("/api/public/v1/pages/{slug}", { params: { path: { slug } }, signal })),
      structuralSharing: neverOlder("page_version"),
    }),
};

/** Keeps what an event told while an answer was under way that was given before it. */
function neverOlder(version: "version" | "page_version") {
  type Told = { [name in typeof version]?: number } | undefined;
  return (known: unknown, told: unknown) => {
    const [before, after] = [(known as Told)?.[version], (told as Told)?.[version]];
    return before !== undefined && after !== undefined && after < before ? known : replaceEqualDeep(known, told);
  };
}

/** All pages of a list that is known to be short. */
async function everything<Item>(
  page: (cursor: string | null) => Promise<{ items: Item[]; next_cursor: string | null }>,
): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const answer: { items: Item[]; next_cursor: string | null } = await page(cursor);
    found.push(...answer.items);
    cursor = answer.next_cursor;
  } while (cursor !== null);
  return found;
}

/** What was refused is refused again; anything else is tried twice more. */
function isWorthRetrying(failures: number, thrown: unknown): boolean {
  return failures < 2 && !(thrown instanceof Problem && thrown.kind === "refused");
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The socket says what changed, so what is there is believed while it is connected.
      queries: { staleTime: 30_000, retry: isWorthRetrying, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}
