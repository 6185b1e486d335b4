/** Nobody leaves a page by mistake while something typed there is not saved. */
import { useEffect } from "react";

export const LEAVE_QUESTION = "Leave without saving? What you typed is lost.";

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
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [isDirty]);
}
