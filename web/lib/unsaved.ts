/** Nobody leaves a page, or closes a form, by mistake while something typed there is not saved. */
import { useEffect } from "react";
import { hold, isBeingLeft } from "@/lib/back";

const QUESTION = "Leave without saving? What you typed is lost.";

let dirtyForms = 0;

/** Before the console itself leads elsewhere or closes a form, by other ways than a link: asks where something is not saved. */
export function mayLeave(): boolean {
  return dirtyForms === 0 || isBeingLeft() || window.confirm(QUESTION);
}

export function useUnsavedGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const onUnload = (event: BeforeUnloadEvent) => isBeingLeft() || event.preventDefault();
    // Links inside the console do not unload anything, so they are asked about before the router hears of them.
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]:not([target])") : null;
      if (!link || event.metaKey || event.ctrlKey || window.confirm(QUESTION)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    dirtyForms += 1;
    const release = hold({ mayLeave });
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      dirtyForms -= 1;
      release();
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [isDirty]);
}

/** Closes a form that lies over the page, once nothing in it is to be kept. */
export function useClosing(isDirty: boolean, onClose: () => void): () => void {
  useUnsavedGuard(isDirty);
  return () => {
    if (!isDirty || mayLeave()) onClose();
  };
}
