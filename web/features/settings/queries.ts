/** What only settings ask for. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { data } from "@/lib/api/client";
import type { components } from "@/lib/api/identity";
import { keys, type Of } from "@/lib/queries";

export type Member = components["schemas"]["Member"];
export type Invitation = components["schemas"]["InvitationView"];
export type ApiKey = components["schemas"]["KeyView"];
export type AuditEntry = components["schemas"]["AuditEntry"];

/** What of the audit is wanted; what is missing leaves nothing out. */
export interface AuditFilter {
  actor?: string;
  aggregate?: string;
  id?: string;
  from?: string;
  to?: string;
}

const AUDIT_LIMIT = 50;
const WAITING_MS = 30_000;

export const settingsQueries = {
  invitations: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.invitations(id),
      queryFn: async ({ signal }) => (await data(api.GET("/api/identity/v1/invitations", { signal }))).items,
    }),

  domains: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.domains(id),
      queryFn: async ({ signal }) => (await data(api.GET("/api/catalog/v1/page/domains", { signal }))).items,
      // A look that changes nothing is no event, and who waits for one wants to know that it was made.
      refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "pending") ? WAITING_MS : false),
    }),

  apiKeys: ({ id, api }: Of) =>
    queryOptions({
      queryKey: keys.apiKeys(id),
      queryFn: async ({ signal }) => (await data(api.GET("/api/identity/v1/api-keys", { signal }))).items,
    }),

  audit: ({ id, api }: Of, filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: [...keys.audit(id), filter],
      queryFn: ({ signal, pageParam }) =>
        data(
          api.GET("/api/identity/v1/audit", {
            params: { query: { ...filter, cursor: pageParam, limit: AUDIT_LIMIT } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),
};
