import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apply, isAtOrAfter, mergeNewer } from "@/lib/events";
import { keys } from "@/lib/queries";

let cache: QueryClient;
beforeEach(() => {
  cache = new QueryClient();
});

afterEach(() => {
  vi.useRealTimers();
});

const event = (type: string, data: Record<string, unknown>) => ({ type, id: "e", time: "", position: "a-1", data });

test("only a newer version counts, and what only the API has stays", () => {
  const known = { version: 3, title: "Three", overlaps: [1] };
  expect(mergeNewer(known, { version: 3, title: "Again" })).toBe(known);
  expect(mergeNewer(known, { version: 2, title: "Two" })).toBe(known);
  expect(mergeNewer(known, { version: 5, title: "Five" })).toEqual({ version: 5, title: "Five", overlaps: [1] });
});

test("an incident changes where it is shown, also in lists, which are fetched again", () => {
  const list = [...keys.incidents("o"), {}];
  cache.setQueryData(keys.incident("o", "i"), { id: "i", version: 1, title: "Old" });
  cache.setQueryData(list, {
    pages: [
      {
        items: [
          { id: "i", version: 1 },
          { id: "j", version: 9 },
        ],
      },
    ],
    pageParams: [null],
  });
  apply(cache, "o", event("incident.updated", { id: "i", version: 2, title: "New" }));
  expect(cache.getQueryData(keys.incident("o", "i"))).toMatchObject({ version: 2, title: "New" });
  expect(cache.getQueryData(list)).toMatchObject({ pages: [{ items: [{ version: 2 }, { version: 9 }] }] });
  expect(cache.getQueryState(list)?.isInvalidated).toBe(true);
});

test("a list is fetched once for all events of a moment, and again for what comes later", async () => {
  vi.useFakeTimers();
  const queryFn = vi.fn(() => new Promise((resolve) => setTimeout(resolve, 50, [])));
  const queryKey = [...keys.maintenances("o"), {}];
  const observer = new QueryObserver(cache, {
    queryKey,
    queryFn,
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  const stop = observer.subscribe(() => {});
  const windows = Array.from({ length: 100 }, (_, index) => ({ id: String(index), version: 1 }));
  for (const window of windows) apply(cache, "o", event("maintenance.scheduled", window));
  await vi.advanceTimersByTimeAsync(1000);
  expect(queryFn).toHaveBeenCalledTimes(1);
  apply(cache, "o", event("maintenance.started", { id: "1", version: 2 }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(queryFn).toHaveBeenCalledTimes(2);
  stop();
});

test("nothing is put where nobody fetched", () => {
  apply(cache, "o", event("incident.opened", { id: "i", version: 1 }));
  expect(cache.getQueryData(keys.incident("o", "i"))).toBeUndefined();
});

test("a member's new name is fetched, and what is in the audit of it", () => {
  cache.setQueryData(keys.members("o"), [{ id: "p", name: "Ana" }]);
  cache.setQueryData(keys.audit("o"), []);
  apply(cache, "o", event("member.renamed", { id: "p", version: 2, name: "Ana Lopez" }));
  expect(cache.getQueryState(keys.members("o"))?.isInvalidated).toBe(true);
  expect(cache.getQueryState(keys.audit("o"))?.isInvalidated).toBe(true);
});

test("a service's status goes by its own time, not by the service's version", () => {
  const service = { id: "s", version: 7, status: "operational", status_changed_at: "2026-01-01T10:00:00Z" };
  cache.setQueryData(keys.services("o"), [service]);
  const change = { service_id: "s", version: 1, status: "degraded", changed_at: "2026-01-01T10:00:00.5Z" };
  apply(cache, "o", event("service_status.changed", change));
  expect(cache.getQueryData(keys.services("o"))).toMatchObject([{ version: 7, status: "degraded" }]);
  apply(
    cache,
    "o",
    event("service_status.changed", { ...change, status: "operational", changed_at: "2025-12-31T00:00:00Z" }),
  );
  expect(cache.getQueryData(keys.services("o"))).toMatchObject([{ status: "degraded" }]);
});

test("sections are put on the page before them only", () => {
  const change = {
    page_version: 5,
    previous_version: 4,
    position: "a-9",
    complete: true,
    sections: { status: "degraded" },
  };
  cache.setQueryData(keys.publicPage("o"), { page_version: 4, status: "operational" });
  apply(cache, "o", event("page.changed", change));
  expect(cache.getQueryData(keys.publicPage("o"))).toMatchObject({
    page_version: 5,
    status: "degraded",
    position: "a-9",
  });
  apply(cache, "o", event("page.changed", { ...change, page_version: 8, previous_version: 7 }));
  expect(cache.getQueryData(keys.publicPage("o"))).toMatchObject({ page_version: 5 });
  expect(cache.getQueryState(keys.publicPage("o"))?.isInvalidated).toBe(true);
});

test("positions are compared as numbers, within their epoch", () => {
  expect(isAtOrAfter("abc-10", "abc-9")).toBe(true);
  expect(isAtOrAfter("abc-9", "abc-10")).toBe(false);
  expect(isAtOrAfter("xyz-10", "abc-9")).toBe(false);
});
