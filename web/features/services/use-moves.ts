"use client";
/** Moving rows: it is said in words, and whoever moved one keeps the focus on it wherever it went. */
import { useEffect, useRef, useState } from "react";
import { DIRECTIONS } from "@/features/services/arrange-buttons";
import { apply, type Change, type Direction, type Entry, moveOf, placeInWords } from "@/features/services/layout";

interface Moves {
  move: (id: string, name: string, direction: Direction) => void;
  /** For screen readers. */
  said: string;
}

export function useMoves(order: Entry[], change: (change: Change, done?: string) => void): Moves {
  const [said, setSaid] = useState("");
  const focused = useRef<{ id: string; control: string } | null>(null);

  // In another group a row is another element, and one that was moved within its list lost the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is what rows are drawn by
  useEffect(() => {
    if (!focused.current) return;
    const { id, control } = focused.current;
    focused.current = null;
    const row = document.querySelector(`[data-row="${id}"]`);
    if (row?.contains(document.activeElement)) return;
    row?.querySelector<HTMLElement>(`[data-control="${control}"]`)?.focus();
  }, [order]);

  function move(id: string, name: string, direction: Direction) {
    const found = moveOf(order, id, direction);
    if (!found) return setSaid(`${name} cannot go ${DIRECTIONS[direction].words(null)} from here`);
    const control = document.activeElement?.closest("[data-control]")?.getAttribute("data-control");
    focused.current = { id, control: control ?? "name" };
    // A step up or down is taken back by one down or up; where something was in a group is remembered for it.
    change(found.change, found.group ? `${name} moved ${DIRECTIONS[direction].words(found.group)}` : undefined);
    setSaid(`${name}: ${placeInWords(apply(order, found.change), id)}`);
  }

  return { move, said };
}
