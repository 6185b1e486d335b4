/** What the browser alone knows, in a store that components read with hooks: no server's data. */
import { create } from "zustand";

/** `offline`: the browser itself says that there is no network. */
export type Connection = "connecting" | "connected" | "reconnecting" | "offline";

export interface Toast {
  id: number;
  text: string;
  kind: "done" | "failed";
  /** For example Undo. */
  action?: { label: string; run: () => void };
}

interface State {
  connection: Connection;
  isPaletteOpen: boolean;
  isShortcutListOpen: boolean;
  /** Those of a single key: who speaks to the machine, or types into it by other ways, switches them off. */
  areShortcutsOn: boolean;
  toasts: Toast[];
}

export const useStore = create<State>(() => ({
  connection: "connecting",
  isPaletteOpen: false,
  isShortcutListOpen: false,
  areShortcutsOn: true,
  toasts: [],
}));

let lastToast = 0;

/** Says at the edge of the screen what was done: `toast("REST API set to Degraded", {action: {label: "Undo", run}})`. */
export function toast(text: string, options: Partial<Pick<Toast, "kind" | "action">> = {}): void {
  lastToast += 1;
  const made: Toast = { id: lastToast, text, kind: "done", ...options };
  // More than three nobody reads.
  useStore.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), made] }));
}

export function dismissToast(id: number): void {
  useStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
