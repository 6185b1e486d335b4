// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackCloses } from "@/lib/back";
import { useClosing, useUnsavedGuard } from "@/lib/unsaved";

let lastPage = 0;
let before = "";
let here = "";

/** Whether somebody leaves when asked. */
const answer = vi.fn(() => true);

beforeEach(() => {
  vi.stubGlobal("confirm", answer);
  lastPage += 1;
  before = `/${lastPage}/before`;
  here = `/${lastPage}/here`;
  history.pushState({}, "", before);
  history.pushState({}, "", here);
});
afterEach(() => {
  vi.unstubAllGlobals();
  answer.mockReset().mockReturnValue(true);
});

let arrivals = 0;
// Before any other listener, which may keep it from those after itself.
window.addEventListener(
  "popstate",
  () => {
    arrivals += 1;
  },
  { capture: true },
);

async function back() {
  const known = arrivals;
  history.back();
  await act(() => vi.waitFor(() => expect(arrivals).toBeGreaterThan(known)));
}

const isAt = (path: string) => vi.waitFor(() => expect(location.pathname).toBe(path));

function dialog(isTyped = false) {
  const close = vi.fn();
  const latest = { leave: close };
  const shown = renderHook(() => {
    // As components do: what is inside begins first.
    useBackCloses(true, () => latest.leave());
    Object.assign(latest, { leave: useClosing(isTyped, close) });
  });
  return { ...shown, close };
}

test("Back closes a dialog and stays on the page; the next one leaves it", async () => {
  const { close, unmount } = dialog();
  await back();
  expect(close).toHaveBeenCalledOnce();
  expect(location.pathname).toBe(here);
  unmount();
  await back();
  await isAt(before);
});

test("of two dialogs Back closes the upper one first", async () => {
  const lower = dialog();
  const upper = dialog();
  await back();
  expect([lower.close.mock.calls.length, upper.close.mock.calls.length]).toEqual([0, 1]);
  upper.unmount();
  await back();
  expect(lower.close).toHaveBeenCalledOnce();
  expect(location.pathname).toBe(here);
  lower.unmount();
});

test("what is typed in a dialog is asked about once, and stays until somebody leaves it", async () => {
  const { close, unmount } = dialog(true);
  answer.mockReturnValue(false);
  await back();
  expect(answer).toHaveBeenCalledTimes(1);
  expect(close).not.toHaveBeenCalled();
  answer.mockReturnValue(true);
  await back();
  expect(answer).toHaveBeenCalledTimes(2);
  expect(close).toHaveBeenCalledOnce();
  expect(location.pathname).toBe(here);
  unmount();
});

test("what is typed on a page is asked about, and kept or left", async () => {
  const { unmount } = renderHook(() => useUnsavedGuard(true));
  answer.mockReturnValue(false);
  await back();
  expect(location.pathname).toBe(here);
  answer.mockReturnValue(true);
  await back();
  expect(answer).toHaveBeenCalledTimes(2);
  await isAt(before);
  unmount();
});

test("a dialog that was closed by itself costs no step back", async () => {
  dialog().unmount();
  await back();
  await isAt(before);
});

test("a step over several pages asks as well, and stays where it was", async () => {
  const { unmount } = renderHook(() => useUnsavedGuard(true));
  answer.mockReturnValue(false);
  history.go(-2);
  await act(() => vi.waitFor(() => expect(answer).toHaveBeenCalledOnce()));
  expect(location.pathname).toBe(here);
  unmount();
});

test("nor does it on the way back from the pages that were opened after it", async () => {
  dialog().unmount();
  history.pushState({}, "", `${here}/next`);
  dialog().unmount();
  await back();
  await isAt(here);
  await back();
  await isAt(before);
});
