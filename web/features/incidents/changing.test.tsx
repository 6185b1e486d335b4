// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { isStale, useChange } from "@/features/incidents/changing";
import type { Incident } from "@/features/incidents/content";
import { Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";

const incident = (version: number, title: string) => ({ id: "1", version, title }) as Incident;
const stale = new Problem("refused", 412, "stale", "Changed", undefined, [], "1", undefined);
const present = { fresh: incident(2, "x") };
const api = { GET: async () => ({ data: present.fresh }) };

vi.mock("@/features/shell/organization", () => ({ useOrganization: () => ({ id: "acme", slug: "acme", api }) }));

let cache: QueryClient;
beforeEach(() => {
  cache = new QueryClient();
  cache.setQueryData(keys.incident("acme", "1"), incident(1, "Before"));
});

/** Somebody else made version 2 while version 1 is shown. */
function changing(fresh: Incident) {
  present.fresh = fresh;
  const send = vi.fn(async (title: string, { version }: Incident) => {
    if (version < 2) throw stale;
    return incident(version + 1, title);
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  );
  const options = { incident: incident(1, "Before"), send, onDone: vi.fn() };
  const { result } = renderHook(() => useChange({ ...options, stillMeant: ({ title }) => title === "Before" }), {
    wrapper,
  });
  return { result, send };
}

test("a change is made of the newer version by itself when what it changes is as it was", async () => {
  const { result, send } = changing(incident(2, "Before"));
  await act(async () => void (await result.current.mutateAsync("Mine")));
  expect(send.mock.calls.map(([, { version }]) => version)).toEqual([1, 2]);
  expect(cache.getQueryData(keys.incident("acme", "1"))).toMatchObject({ version: 3, title: "Mine" });
});

test("a change of what somebody else changed is not sent again, and theirs is shown", async () => {
  const { result, send } = changing(incident(2, "Theirs"));
  act(() => result.current.mutate("Mine"));
  await waitFor(() => expect(isStale(result.current.error)).toBe(true));
  expect(send).toHaveBeenCalledOnce();
  expect(cache.getQueryData(keys.incident("acme", "1"))).toMatchObject({ title: "Theirs" });
});
