// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { mayLeave, useUnsavedGuard } from "@/lib/unsaved";

afterEach(() => vi.unstubAllGlobals());

test("leaving is asked about as long as something is not saved, by links and by other ways", () => {
  const confirm = vi.fn(() => false);
  vi.stubGlobal("confirm", confirm);
  document.body.innerHTML = `<a href="/elsewhere">Elsewhere</a>`;
  const click = () => {
    const event = new MouseEvent("click", { bubbles: true, cancelable: true });
    document.querySelector("a")?.dispatchEvent(event);
    return event.defaultPrevented;
  };

  const form = renderHook(({ isDirty }) => useUnsavedGuard(isDirty), { initialProps: { isDirty: true } });
  expect([mayLeave(), click()]).toEqual([false, true]);
  expect(confirm).toHaveBeenCalledTimes(2);

  form.rerender({ isDirty: false });
  expect(mayLeave()).toBe(true);
  expect(confirm).toHaveBeenCalledTimes(2);
});
