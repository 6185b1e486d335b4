// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Client } from "@/lib/api/client";
import { backoff, mayComeBack, Realtime } from "@/lib/realtime";

class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = FakeSocket.OPEN;
  sent: string[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {}
  tell(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const told = { onEvent: vi.fn(), onGap: vi.fn(), onConnection: vi.fn() };
let token = "one";
let realtime: Realtime;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  token = "one";
  for (const mock of Object.values(told)) mock.mockClear();
  const api = { POST: async () => ({ data: { ticket: "t" } }) } as unknown as Client;
  realtime = new Realtime({ slug: "acme", api, token: async () => token, ...told });
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  realtime.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const last = () => FakeSocket.made.at(-1) as FakeSocket;
const hello = (recovered = true) => ({ type: "hello", position: "e-5", recovered, retry_after_ms: 0 });

test("delays double up to a bound, and are anything below it", () => {
  expect(backoff(0, () => 1)).toBe(500);
  expect(backoff(3, () => 1)).toBe(4000);
  expect(backoff(50, () => 1)).toBe(30_000);
  expect(backoff(3, () => 0)).toBe(0);
});

test("it is known from the code whether to come back", () => {
  for (const code of [1006, 3001, 3402, 4401, 4429]) expect(mayComeBack(code)).toBe(true);
  for (const code of [3501, 4403, 4404]) expect(mayComeBack(code)).toBe(false);
});

test("what was fetched before the first hello is fetched again", async () => {
  last().tell(hello());
  await vi.advanceTimersByTimeAsync(1);
  expect(told.onGap).toHaveBeenCalledTimes(1);
  expect(told.onConnection).toHaveBeenLastCalledWith("connected");
});

test("it comes back where it was, and says so after 3 s only", async () => {
  last().tell(hello());
  last().tell({ type: "incident.opened", id: "i", time: "", position: "e-7", data: { id: "1" } });
  await vi.advanceTimersByTimeAsync(1);
  expect(told.onEvent).toHaveBeenCalledTimes(1);
  last().onclose?.({ code: 1006 });
  expect(told.onConnection).not.toHaveBeenCalledWith("reconnecting");
  await vi.advanceTimersByTimeAsync(600);
  expect(last().url).toContain("since=e-7");
  await vi.advanceTimersByTimeAsync(3000);
  expect(told.onConnection).toHaveBeenLastCalledWith("reconnecting");
  last().tell(hello());
  await vi.advanceTimersByTimeAsync(1);
  expect(told.onConnection).toHaveBeenLastCalledWith("connected");
  expect(told.onGap).toHaveBeenCalledTimes(1);
});

test("a gap is told when the gateway cannot tell what was missed", async () => {
  last().tell(hello());
  last().tell(hello(false));
  await vi.advanceTimersByTimeAsync(1);
  expect(told.onGap).toHaveBeenCalledTimes(2);
});

test("another token renews the socket, the same one does not", async () => {
  last().tell(hello());
  await vi.advanceTimersByTimeAsync(13_000);
  expect(last().sent).toEqual([]);
  token = "two";
  await vi.advanceTimersByTimeAsync(13_000);
  expect(last().sent).toEqual([JSON.stringify({ type: "renew", token: "two" })]);
});

test("a silent connection is left for another one", async () => {
  last().tell(hello());
  await vi.advanceTimersByTimeAsync(80_000);
  expect(FakeSocket.made.length).toBeGreaterThan(1);
});

test("a connection that outlives the loss of the network is said to be there again", async () => {
  last().tell(hello());
  window.dispatchEvent(new Event("offline"));
  expect(told.onConnection).toHaveBeenLastCalledWith("offline");
  window.dispatchEvent(new Event("online"));
  expect(told.onConnection).toHaveBeenLastCalledWith("connected");
  expect(FakeSocket.made).toHaveLength(1);
});

test("after it was stopped nothing comes back", async () => {
  realtime.stop();
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.made).toHaveLength(1);
});
