// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isElsewhere, readShortcuts, SHORTCUTS, setShortcuts, shortcutOf } from "@/features/shell/shortcuts";
import { useStore } from "@/lib/store";

test("keys one after the other are one shortcut", () => {
  expect(shortcutOf(["g"], SHORTCUTS)).toBe("more");
  expect(shortcutOf(["g", "i"], SHORTCUTS)).toMatchObject({ to: "/incidents" });
  expect(shortcutOf(["c"], SHORTCUTS)).toMatchObject({ to: "/incidents/new" });
  expect(shortcutOf(["g", "z"], SHORTCUTS)).toBeNull();
});

test("no two shortcuts are in each other's way", () => {
  for (const { keys } of SHORTCUTS) expect(shortcutOf(keys.slice(0, -1), SHORTCUTS)).toBe("more");
  expect(new Set(SHORTCUTS.map(({ keys }) => keys.join(" "))).size).toBe(SHORTCUTS.length);
});

test("keys that go into a text are no shortcuts", () => {
  document.body.innerHTML = `<div role="dialog"><b id="a"></b></div><input id="b" /><p id="c"></p>`;
  const at = (id: string) => isElsewhere(document.getElementById(id));
  expect([at("a"), at("b"), at("c")]).toEqual([true, true, false]);
});

test("whoever switches them off finds them off again", () => {
  setShortcuts(false);
  useStore.setState({ areShortcutsOn: true });
  readShortcuts();
  expect(useStore.getState().areShortcutsOn).toBe(false);
  setShortcuts(true);
  readShortcuts();
  expect(useStore.getState().areShortcutsOn).toBe(true);
});
