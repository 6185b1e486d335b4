import type { KeyboardEvent } from "react";

/** ⌘↵ or Ctrl+Enter anywhere in the form. */
export function publishesByKeyboard(publish: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    publish();
  };
}
