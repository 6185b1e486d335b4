/** What everything has that lies over the page and waits for an answer: Back closes it, and the focus goes where it is of use. */
import { createContext, useContext, useInsertionEffect, useRef } from "react";
import { useBackCloses } from "@/lib/back";

interface Focus {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

const FIELDS = ":is(input, select, textarea):not(:disabled, [type=hidden], [tabindex='-1'])";

/** For what is opened by a state of its user, whose opener Radix does not know. */
export function useOver(isOpen: boolean, close: () => void): Focus {
  useBackCloses(isOpen, close);
  const opener = useRef<HTMLElement | null>(null);
  // An effect would come after a field's autoFocus.
  useInsertionEffect(() => {
    if (isOpen) opener.current = openerOf(document.activeElement);
  }, [isOpen]);
  return { onOpenAutoFocus: focusFirst, onCloseAutoFocus: (event) => giveBack(event, opener.current) };
}

const Over = createContext<Focus | null>(null);
export const OverProvider = Over.Provider;
export const useFocus = () => useContext(Over);

/** To the first field; under a finger to the whole, as a field would bring up the keyboard before anything is read. */
function focusFirst(event: Event): void {
  const content = event.currentTarget;
  if (!(content instanceof HTMLElement)) return;
  event.preventDefault();
  const field = matchMedia("(pointer: coarse)").matches ? null : content.querySelector<HTMLElement>(FIELDS);
  (field ?? content).focus();
}

function giveBack(event: Event, opener: HTMLElement | null): void {
  if (!opener?.isConnected) return;
  event.preventDefault();
  opener.focus();
}

/** Of what is opened from a menu, the menu's button: the item is gone by then. */
function openerOf(active: Element | null): HTMLElement | null {
  const menu = active?.closest("[role=menu]");
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : active;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}
