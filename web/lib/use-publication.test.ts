// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Drafts } from "@/lib/drafts";
import { Problem, unreachable } from "@/lib/problem";
import { isWorthRepeating, pauseAfter, usePublication } from "@/lib/use-publication";

const drafts = () => new Drafts<string>("test", "acme");
const refused = new Problem("refused", 422, "invalid", "No", undefined, [], "1", undefined);
const later = (status: number, seconds?: number) =>
  new Problem("failed", status, "unavailable", "Later", undefined, [], "1", seconds);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  localStorage.clear();
});

function publication(post: (content: string, key: string) => Promise<string>) {
  const onPublished = vi.fn();
  const spy = vi.fn(post);
  const stable = drafts();
  const { result, unmount } = renderHook(() => usePublication({ drafts: stable, post: spy, onPublished }));
  return { result, unmount, post: spy, onPublished };
}

test("a lost answer is asked for again with the same key until it comes", async () => {
  const answers = [() => Promise.reject(unreachable("1")), () => Promise.reject(later(503)), async () => "made"];
  const { result, post, onPublished } = publication(() => (answers.shift() as () => Promise<string>)());
  await act(async () => result.current.publish("Search slow"));
  expect(result.current.publication.state).toBe("waiting");
  await act(async () => vi.advanceTimersByTimeAsync(10_000));
  expect(result.current.publication.state).toBe("published");
  expect(onPublished).toHaveBeenCalledOnce();
  expect(new Set(post.mock.calls.map(([, key]) => key)).size).toBe(1);
  expect(post).toHaveBeenCalledTimes(3);
  expect(drafts().read()).toBeNull();
});

test("it goes on after a reload, with what was sent and not with what was typed since", async () => {
  const first = publication(() => Promise.reject(unreachable("1")));
  await act(async () => first.result.current.publish("Sent"));
  const key = drafts().read()?.key;
  first.unmount();
  drafts().write("Typed since");
  const second = publication(async () => "made");
  await act(async () => {});
  expect(second.post.mock.calls.map(([content, used]) => [content, used])).toEqual([["Sent", key]]);
  expect(second.result.current.publication.state).toBe("published");
});

test("what was sent so long ago that its key is forgotten is not sent again by itself", async () => {
  drafts().send("Sent");
  vi.setSystemTime(Date.now() + 48 * 3_600_000);
  const { result, post } = publication(async () => "made");
  await act(async () => {});
  expect(post).not.toHaveBeenCalled();
  expect(result.current.publication).toEqual({ state: "editing", problem: null, mayHaveArrived: true });
});

test("the network's return does not wait for the pause to end", async () => {
  const answers = [() => Promise.reject(unreachable("1")), async () => "made"];
  const { result } = publication(() => (answers.shift() as () => Promise<string>)());
  await act(async () => result.current.publish("x"));
  await act(async () => void window.dispatchEvent(new Event("online")));
  expect(result.current.publication.state).toBe("published");
});

test("what was cancelled is not sent again, and may have arrived", async () => {
  const { result, post } = publication(() => Promise.reject(unreachable("1")));
  await act(async () => result.current.publish("x"));
  const key = drafts().read()?.key;
  await act(async () => result.current.cancel());
  await act(async () => vi.advanceTimersByTimeAsync(60_000));
  expect(post).toHaveBeenCalledOnce();
  expect(result.current.publication).toEqual({ state: "editing", problem: null, mayHaveArrived: true });
  expect(drafts().read()).toMatchObject({ content: "x", sent: null });
  expect(drafts().read()?.key).not.toBe(key);
});

test("what was refused is edited again, and keeps what was typed", async () => {
  const { result } = publication(() => Promise.reject(refused));
  await act(async () => result.current.publish("x"));
  expect(result.current.publication).toEqual({ state: "editing", problem: refused, mayHaveArrived: false });
  expect(drafts().read()?.content).toBe("x");
});

test("what may be answered otherwise later is sent again, as late as the answer says", () => {
  const inFlight = new Problem("refused", 409, "request-in-flight", "", undefined, [], "1", 1);
  expect([unreachable("1"), later(503), later(500), inFlight].map(isWorthRepeating)).toEqual([true, true, true, true]);
  expect([refused, later(0)].map(isWorthRepeating)).toEqual([false, false]);
  expect([pauseAfter(0, later(503)), pauseAfter(9, later(503)), pauseAfter(0, later(503, 5))]).toEqual([
    1000, 10_000, 5000,
  ]);
});
