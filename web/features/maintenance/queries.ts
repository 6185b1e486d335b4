/** What maintenance fetches besides one window. It hangs below the keys that events of the organization invalidate. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { data } from "@/lib/api/client";
import type { components } from "@/lib/api/maintenance";
import { keys, type Of } from "@/lib/queries";

export type Window = components["schemas"]["Maintenance"];
export type WindowView = components["schemas"]["WindowView"];
export type Series = components["schemas"]["SeriesView"];

const LIST_LIMIT = 100;
/** Nobody reads a month of more, and each further hundred is another request. */
const PAGES_MAX = 5;

/** Those that touch the time from `from` until `until`, in the order of their starts. */
export function windowsBetween({ id, api }: Of, from: Date, until: Date) {
  const range = { from: from.toISOString(), until: until.toISOString() };
  return queryOptions({
    queryKey: [...keys.maintenances(id), range],
    queryFn: async ({ signal }) => {
      const found: Window[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES_MAX && (page === 0 || cursor !== null); page += 1) {
        const query = { ...range, cursor, limit: LIST_LIMIT };
        const answer: components["schemas"]["Page_Maintenance_"] = await data(
          api.GET("/api/maintenance/v1/maintenances", { params: { query }, signal }),
        );
        found.push(...answer.items);
        cursor = answer.next_cursor;
      }
      return found;
    },
    placeholderData: keepPreviousData,
  });
}

export function seriesOf({ id, api }: Of, seriesId: string) {
  return queryOptions({
    queryKey: [...keys.series(id), seriesId],
    queryFn: ({ signal }) =>
      data(api.GET("/api/maintenance/v1/series/{series_id}", { params: { path: { series_id: seriesId } }, signal })),
  });
}
