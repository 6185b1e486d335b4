"use client";
/**
 * A month as a grid of days with bars for windows. One day is in the tab order; arrow keys, Home, End and Page Up and Down go to others,
 * Enter plans there. A click beside the bars plans too.
 */
import { Plus } from "lucide-react";
import Link from "next/link";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";
import { MonthBar } from "@/features/maintenance/month-bar";
import type { Window } from "@/features/maintenance/queries";
import { addDays, addMonths, type Bar, barsOf, monthOf, weekday, weeksOf } from "@/features/maintenance/weeks";
import { dayInWords, monthInWords } from "@/features/maintenance/words";
import { cn } from "@/lib/cn";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/** More would make weeks differ in height; the rest is in the agenda. */
const LANES_SHOWN = 3;
/** Bars are as high as a finger where there is one. */
const LANE = "[--lane:1.5rem] touch:[--lane:2.875rem]";
const WEEK_HEIGHT = "h-[calc(2rem+4*var(--lane))]";
/** Of most months, which have five weeks, for its skeleton. */
export const MONTH_HEIGHT = `${LANE} h-[calc(2rem+5*(2rem+4*var(--lane)))]`;

interface Props {
  month: string;
  today: string;
  windows: Window[];
  timeZone: string;
  onMonth: (month: string) => void;
  /** Not for those who may only look. */
  onPlan: ((day: string) => void) | undefined;
}

export function MonthGrid({ month, today, windows, timeZone, onMonth, onPlan }: Props) {
  const weeks = weeksOf(month);
  const [chosen, setChosen] = useState(today);
  const active = weeks.flat().includes(chosen) ? chosen : `${month}-01`;
  const grid = useRef<HTMLDivElement>(null);
  const isMoving = useRef(false);

  // The day that keys led to may be of another month, which is there only now.
  useEffect(() => {
    if (!isMoving.current || active !== chosen) return;
    isMoving.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${active}"]`)?.focus();
  });

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const day = event.target instanceof HTMLElement ? event.target.dataset.day : undefined;
    if (!day) return; // of a link in a day
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPlan?.(day);
      return;
    }
    const next = dayFrom(day, event.key);
    if (!next) return;
    event.preventDefault();
    isMoving.current = true;
    setChosen(next);
    if (monthOf(next) !== month) onMonth(monthOf(next));
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot hold bars that lie over several cells
    <div
      ref={grid}
      role="grid"
      aria-label={`Maintenance in ${monthInWords(month)}`}
      tabIndex={-1}
      className={cn("overflow-hidden rounded-lg border", LANE)}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y: rows of the grid above */}
      <div role="row" className="grid h-8 grid-cols-7 border-b bg-sunken text-quiet text-xs">
        {WEEKDAYS.map((name) => (
          // biome-ignore lint/a11y: a cell of the grid above
          <div role="columnheader" key={name} className="self-center px-2 font-medium">
            {name}
          </div>
        ))}
      </div>
      {weeks.map((week) => {
        const bars = barsOf(week, windows, timeZone);
        return (
          // biome-ignore lint/a11y: a row of the grid above
          <div role="row" key={week[0]} className={cn("grid grid-cols-7 border-b last:border-b-0", WEEK_HEIGHT)}>
            {week.map((day) => (
              <Day
                key={day}
                day={day}
                bars={bars}
                isOfMonth={monthOf(day) === month}
                isToday={day === today}
                isActive={day === active}
                isPast={day < today}
                timeZone={timeZone}
                onPlan={onPlan}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface DayProps {
  day: string;
  /** Of its week. */
  bars: Bar<Window>[];
  isOfMonth: boolean;
  isToday: boolean;
  isActive: boolean;
  isPast: boolean;
  timeZone: string;
  onPlan: Props["onPlan"];
}

function Day({ day, bars, isOfMonth, isToday, isActive, isPast, timeZone, onPlan }: DayProps) {
  const column = weekday(day);
  const here = bars.filter((bar) => bar.column <= column && column < bar.column + bar.days);
  const hidden = here.filter(({ lane }) => lane >= LANES_SHOWN).length;
  const mayPlan = onPlan && !isPast;

  function onClick(event: MouseEvent) {
    if (mayPlan && !(event.target as Element).closest("a")) onPlan(day);
  }
  return (
    // biome-ignore lint/a11y: a cell of the grid, which handles its keys
    <div
      role="gridcell"
      data-day={day}
      tabIndex={isActive ? 0 : -1}
      aria-current={isToday ? "date" : undefined}
      onClick={onClick}
      className={cn(
        "group relative border-l p-1 -outline-offset-2! first:border-l-0",
        !isOfMonth && "bg-sunken",
        mayPlan && "cursor-pointer",
      )}
    >
      <span className="sr-only">
        {dayInWords(day)}, {here.length === 1 ? "1 window" : `${here.length} windows`}
      </span>
      <span
        aria-hidden
        className={cn(
          "inline-flex size-6 items-center justify-center rounded-full text-xs",
          isOfMonth && !isPast ? "text-ink" : "text-quiet",
          isToday && "bg-accent font-semibold text-on-accent",
        )}
      >
        {Number(day.slice(8))}
      </span>
      {mayPlan && (
        <Plus
          className="absolute top-2 right-2 size-4 text-quiet opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          aria-hidden
        />
      )}
      {here
        .filter((bar) => bar.column === column && bar.lane < LANES_SHOWN)
        .map((bar) => (
          <MonthBar key={bar.window.id} bar={bar} timeZone={timeZone} isReachable={isActive} />
        ))}
      {hidden > 0 && (
        <Link
          href={`?view=agenda&month=${monthOf(day)}#${day}`}
          tabIndex={isActive ? 0 : -1}
          className="absolute inset-x-1 bottom-1 flex h-5 items-center rounded px-1 text-quiet text-xs hover:bg-hover hover:text-ink touch:h-11"
        >
          {hidden} more
        </Link>
      )}
    </div>
  );
}

/** Where a key leads from a day; null for one that leads nowhere. */
function dayFrom(day: string, key: string): string | null {
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return addDays(day, -weekday(day));
    case "End":
      return addDays(day, 6 - weekday(day));
    case "PageUp":
      return `${addMonths(monthOf(day), -1)}-01`;
    case "PageDown":
      return `${addMonths(monthOf(day), 1)}-01`;
    default:
      return null;
  }
}
