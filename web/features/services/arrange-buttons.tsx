/** Moves a row by buttons; the same is done by Alt and the arrow keys. */
import { ArrowDown, ArrowUp, IndentDecrease, IndentIncrease } from "lucide-react";
import type { KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import type { Direction, Move } from "@/features/services/layout";

export const DIRECTIONS = {
  up: { Icon: ArrowUp, key: "ArrowUp", words: () => "up" },
  down: { Icon: ArrowDown, key: "ArrowDown", words: () => "down" },
  out: { Icon: IndentDecrease, key: "ArrowLeft", words: (group: string | null) => `out of ${group ?? "its group"}` },
  in: { Icon: IndentIncrease, key: "ArrowRight", words: (group: string | null) => `into ${group ?? "a group"}` },
} as const satisfies Record<Direction, unknown>;

const ALL = Object.keys(DIRECTIONS) as Direction[];

interface Props {
  name: string;
  moveOf: (direction: Direction) => Move | null;
  onMove: (direction: Direction) => void;
}

export function ArrangeButtons({ name, moveOf, onMove }: Props) {
  return (
    <span className="flex shrink-0">
      {ALL.map((direction) => {
        const { Icon, words } = DIRECTIONS[direction];
        const move = moveOf(direction);
        return (
          <Button
            key={direction}
            kind="quiet"
            size="icon"
            data-control={direction}
            // Focus must not be lost when the last step is done, so it is not `disabled`.
            aria-disabled={move === null}
            className="aria-disabled:opacity-30"
            aria-label={`Move ${name} ${words(move?.group ?? null)}`}
            onClick={() => onMove(direction)}
          >
            <Icon aria-hidden />
          </Button>
        );
      })}
    </span>
  );
}

/** For the row's onKeyDownCapture: a menu's button would open at the same keys. */
export function movesByKeyboard(onMove: (direction: Direction) => void) {
  return (event: KeyboardEvent) => {
    const direction = ALL.find((each) => DIRECTIONS[each].key === event.key);
    if (!event.altKey || !direction) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(direction);
  };
}
