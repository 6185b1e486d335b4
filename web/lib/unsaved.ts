/** Nobody leaves a page by mistake while something typed there is not saved. */
import { useEffect } from "react";

export const LEAVE_QUESTION = "Leave without saving? What you typed is lost.";

let dirtyForms = 0;

/** Before the console itself leads elsewhere, by other ways than a link: asks where something is not saved. */
export function mayLeave(): boolean {
  return dirtyForms === 0 || window.confirm(LEAVE_QUESTION);
}

export function useUnsavedGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // Links inside the console do not unload anything, so they are asked about before the router hears of them.
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]:not([target])") : null;
      if (!link || event.metaKey || event.ctrlKey || window.confirm(LEAVE_QUESTION)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    dirtyForms += 1;
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      dirtyForms -= 1;
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [isDirty]);
}
