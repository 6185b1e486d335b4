/**
 * What Back does while something lies over the page, or is typed and not saved: it closes what is on top, and asks before it leaves.
 *
 * The browser tells of Back when it is done already. So while there is something to hold, an entry of our own lies over the page's in the
 * history: Back leads from it to the page, which is the same place, and what is to stay there gets a new one. An entry that nothing needs any
 * more is left where it is, because a step back by ourselves would race with a page that is opened meanwhile; Back leads over it.
 */
import { useEffect, useRef } from "react";

interface Holder {
  /** Of what lies over the page. */
  close?: () => void;
  /** Of what is typed: asks. */
  mayLeave?: () => boolean;
}

const MARK = "isOverPage";
/** The one on top is the last. */
const holders: Holder[] = [];
/** Our last entry. */
let entry: { state: unknown; href: string } | null = null;
/** The browser is on an entry of ours, as far as is known. */
let isOver = false;
/** Somebody was asked and leaves: nobody asks again. */
let isLeft = false;

export const isBeingLeft = () => isLeft;

/** Holds Back until what is returned is called. */
export function hold(holder: Holder): () => void {
  if (!entry) window.addEventListener("popstate", onBack, { capture: true }); // before the router hears of it
  holders.push(holder);
  isLeft = false;
  lieOver();
  return () => {
    holders.splice(holders.indexOf(holder), 1);
  };
}

/** For a dialog: Back closes it, as Escape does. */
export function useBackCloses(isOpen: boolean, close: () => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => (isOpen ? hold({ close: () => latest.current() }) : undefined), [isOpen]);
}

function lieOver(): void {
  if (!isMarked(history.state)) history.pushState({ [MARK]: true }, "");
  entry = { state: history.state, href: location.href };
  isOver = true;
}

/** Or Forward, or a step over several entries. */
function onBack(event: PopStateEvent): void {
  const wasOver = isOver;
  isOver = isMarked(event.state);
  const isHere = location.href === entry?.href;
  if (holders.length === 0 || isLeft) {
    isLeft = false;
    if (isHere && wasOver && !isOver) stepOn(event);
    if (isOver) entry = { state: event.state, href: location.href };
    return;
  }
  if (!isHere) {
    leaveOrStay(event);
    return;
  }
  event.stopImmediatePropagation();
  const typed = holders.findLastIndex(({ mayLeave }) => mayLeave);
  const top = holders.findLastIndex(({ close }) => close);
  if (typed > top && !holders[typed]?.mayLeave?.()) {
    lieOver();
    return;
  }
  isLeft = true; // what was asked about is not asked about by a dialog too
  if (top === -1) {
    history.back();
    return;
  }
  holders[top]?.close?.();
  isLeft = false;
  if (top > 0) lieOver(); // for what lies below
}

/** To another page, which the router opens if nobody keeps it from that. */
function leaveOrStay(event: PopStateEvent): void {
  const typed = holders.find(({ mayLeave }) => mayLeave);
  if (typed?.mayLeave?.() ?? true) return;
  event.stopImmediatePropagation();
  history.pushState(entry?.state, "", entry?.href);
  isOver = true;
}

/** For whoever goes back, an entry that nothing needs any more is none. */
function stepOn(event: PopStateEvent): void {
  event.stopImmediatePropagation();
  history.back();
}

function isMarked(state: unknown): boolean {
  return typeof state === "object" && state !== null && MARK in state;
}
