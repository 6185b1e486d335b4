/** Keys that do what otherwise takes a way through the page. Those of a single key can be switched off, in this browser. */
import { PLACES } from "@/features/shell/navigation";
import type { Role } from "@/lib/auth";
import { useStore } from "@/lib/store";

export interface Shortcut {
  /** One after the other. */
  keys: string[];
  says: string;
  needs: Role;
  /** Where it leads, below the organization; or what it does. */
  to?: string;
  run?: () => void;
}

/** Of single keys. */
export const SHORTCUTS: Shortcut[] = [
  ...PLACES.map(({ path, name, key }) => ({
    keys: ["g", key],
    says: `Go to ${name}`,
    needs: "viewer" as const,
    to: path,
  })),
  { keys: ["c"], says: "Report an incident", needs: "responder", to: "/incidents/new" },
  {
    keys: ["?"],
    says: "Show these shortcuts",
    needs: "viewer",
    run: () => useStore.setState({ isShortcutListOpen: true }),
  },
];

const OFF = "tidings shortcuts off";

export function setShortcuts(areOn: boolean): void {
  if (areOn) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
  useStore.setState({ areShortcutsOn: areOn });
}

export function readShortcuts(): void {
  useStore.setState({ areShortcutsOn: localStorage.getItem(OFF) === null });
}

/** The shortcut that these keys are, or "more" when they are how one begins. */
export function shortcutOf(typed: string[], shortcuts: Shortcut[]): Shortcut | "more" | null {
  const candidates = shortcuts.filter(({ keys }) => typed.every((key, index) => keys[index] === key));
  const whole = candidates.find(({ keys }) => keys.length === typed.length);
  return whole ?? (candidates.length > 0 ? "more" : null);
}

/** Whether keys go into a text, or belong to something that is open over the page. */
export function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu]") !==
      null
  );
}
