// @vitest-environment jsdom
/** Against a layout in memory that refuses what is not for its version, as catalog does. */
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Change, Entry } from "@/features/services/layout";
import { useChangeOrder, useShownOrder } from "@/features/services/use-order";
import { clientFor } from "@/lib/api/client";
import { makeQueryClient, queries } from "@/lib/queries";
import { useStore } from "@/lib/store";

const ORGANIZATION = { id: "o", slug: "acme", api: clientFor(async () => "token") };
vi.mock("@/features/shell/organization", () => ({ useOrganization: () => ORGANIZATION }));

const service = (id: string): Entry => ({ type: "service", id });
const place = (id: string, before: string | null): Change => ({ kind: "place", id, into: null, before });
const written = (order: Entry[] | undefined) => order?.map(({ id }) => id).join("");

let kept: { entries: Entry[]; version: number; updated_at: string };
let refusal: number | null;
/** Changes are answered once it is open. */
let gate: Promise<void>;
/** The versions that changes were sent for. */
let sentFor: string[];

beforeEach(() => {
  kept = { entries: ["a", "b", "c"].map(service), version: 1, updated_at: "" };
  refusal = null;
  gate = Promise.resolve();
  sentFor = [];
  useStore.setState({ toasts: [] });
  vi.stubGlobal("fetch", answer);
});
afterEach(cleanup);

async function answer(request: Request): Promise<Response> {
  if (request.url.includes("/services"))
    return Response.json({ items: ["a", "b", "c"].map(service), next_cursor: null });
  if (request.method === "GET") return Response.json(kept);
  await gate;
  if (refusal) return Response.json({ title: "Nobody is there" }, { status: refusal });
  const version = request.headers.get("if-match") ?? "";
  sentFor.push(version);
  if (version !== `"${kept.version}"`) return Response.json({ title: "It was changed" }, { status: 412 });
  const { entries } = (await request.json()) as { entries: Entry[] };
  kept = { ...kept, entries, version: kept.version + 1 };
  return Response.json(kept);
}

async function shown() {
  const cache = makeQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(
    () => {
      const layout = useQuery(queries.layout(ORGANIZATION));
      const services = useQuery(queries.services(ORGANIZATION));
      return { order: useShownOrder(layout.data, services.data), change: useChangeOrder() };
    },
    { wrapper },
  );
  await waitFor(() => expect(written(result.current.order)).toBe("abc"));
  return {
    order: () => written(result.current.order),
    change: (change: Change, done?: string) => act(() => result.current.change({ change, done })),
  };
}

test("steps are shown at once and sent one after the other, each for the version that the one before made", async () => {
  const { order, change } = await shown();
  let letThrough = () => {};
  gate = new Promise((resolve) => {
    letThrough = resolve;
  });
  change(place("c", "b"));
  change(place("c", "a"));
  await waitFor(() => expect(order()).toBe("cab"));
  expect(written(kept.entries)).toBe("abc");
  letThrough();
  await waitFor(() => expect(sentFor).toEqual(['"1"', '"2"']));
  expect(written(kept.entries)).toBe("cab");
  expect(order()).toBe("cab");
});

test("what somebody else changed meanwhile stays, and the step is made on it", async () => {
  const { order, change } = await shown();
  kept = { ...kept, entries: ["b", "c", "a"].map(service), version: 7 };
  change(place("c", "b"));
  await waitFor(() => expect(sentFor).toEqual(['"1"', '"7"']));
  await waitFor(() => expect(order()).toBe("cba"));
  expect(written(kept.entries)).toBe("cba");
});

test("a refusal takes it back, says so, and lets it be tried again", async () => {
  const { order, change } = await shown();
  refusal = 503;
  change(place("c", "a"));
  await waitFor(() => expect(useStore.getState().toasts).toHaveLength(1));
  await waitFor(() => expect(order()).toBe("abc"));
  const [toast] = useStore.getState().toasts;
  expect(toast?.text).toContain("Nobody is there");
  refusal = null;
  act(() => toast?.action?.run());
  await waitFor(() => expect(written(kept.entries)).toBe("cab"));
});

test("what is done can be undone", async () => {
  const { change } = await shown();
  change(place("c", "a"), "Moved");
  await waitFor(() => expect(useStore.getState().toasts[0]?.text).toBe("Moved"));
  act(() => useStore.getState().toasts[0]?.action?.run());
  await waitFor(() => expect(written(kept.entries)).toBe("abc"));
});
