"use client";
/**
 * Days as bars: the height says how bad a day was, the colour says it again. One tab stop, in which arrow keys go from day to day; a finger
 * or a mouse points at one. What it was like is said below, where nothing moves.
 */
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { cn } from "@/lib/cn";
import { DAY_KINDS, type Day, type DayKind, inWords, summary } from "@/lib/days";

const WIDTH = 4;
const HEIGHT = 32;
const GAP = 1;
const LOOKS: Record<DayKind, { height: number; fill: string }> = {
  "no data": { height: 4, fill: "fill-line-strong" },
  operational: { height: 14, fill: "fill-ok" },
  maintenance: { height: 14, fill: "fill-window" },
  degraded: { height: 20, fill: "fill-degraded" },
  partial_outage: { height: 26, fill: "fill-partial" },
  major_outage: { height: HEIGHT, fill: "fill-major" },
};
/** Maintenance is as high as a good day, and cut through. */
const CUT = { from: 6, to: 8 };

interface Props {
  /** Whose days. */
  label: string;
  days: Day[];
  percentage: number | null;
  className?: string;
}

export function DayBars({ label, days, percentage, className }: Props) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = days.length - 1;
  const day = chosen === null ? undefined : days[chosen];

  function onKeyDown(event: KeyboardEvent) {
    const present = chosen ?? last;
    const next = { ArrowLeft: present - 1, ArrowRight: present + 1, Home: 0, End: last, Escape: null }[event.key];
    if (next === undefined) return;
    if (next !== null) event.preventDefault();
    setChosen(next === null ? null : Math.min(last, Math.max(0, next)));
  }

  function onPointer(event: PointerEvent) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setChosen(Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * days.length))));
  }

  return (
    <div className={className}>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`Days of ${label}`}
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(chosen ?? last) + 1}
        aria-valuetext={day ? inWords(day) : summary(days)}
        aria-orientation="horizontal"
        aria-readonly
        className="touch-pan-y rounded-xs"
        onKeyDown={onKeyDown}
        onFocus={() => setChosen((present) => present ?? last)}
        onBlur={() => setChosen(null)}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerLeave={({ pointerType }) => pointerType === "mouse" && setChosen(null)}
      >
        <svg
          viewBox={`0 0 ${days.length * WIDTH - GAP} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-8 w-full"
          aria-hidden
        >
          {DAY_KINDS.map((kind) => (
            <path key={kind} d={outline(days, kind)} className={LOOKS[kind].fill} />
          ))}
          {chosen !== null && (
            <rect x={chosen * WIDTH} y="0" width={WIDTH - GAP} height={HEIGHT} className="fill-ink opacity-40" />
          )}
        </svg>
      </div>
      <p className="mt-1 flex justify-between gap-3 text-quiet text-xs">
        {day ? (
          <span className="min-w-0 truncate text-ink">{inWords(day)}</span>
        ) : (
          <span className="min-w-0 truncate">{summary(days)}</span>
        )}
        <span className={cn("shrink-0", percentage === null && "sr-only")}>
          {percentage === null ? "Uptime is not counted" : `${percentage} % uptime`}
        </span>
      </p>
    </div>
  );
}

/** All bars of one kind as one shape: a page may have hundreds of services. */
function outline(days: Day[], kind: DayKind): string {
  const { height } = LOOKS[kind];
  const bar = (x: number, from: number, to: number) =>
    `M${x} ${HEIGHT - from}v${from - to}h${WIDTH - GAP}v${to - from}z`;
  return days
    .map((day, index) => {
      if (day.kind !== kind) return "";
      const x = index * WIDTH;
      if (kind === "maintenance") return bar(x, 0, CUT.from) + bar(x, CUT.to, height);
      return bar(x, 0, height);
    })
    .join("");
}
