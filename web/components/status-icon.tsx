/** A status as shape and colour; `StatusLabel` adds the word, and one of the two is always there. */
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { type AnyStatus, type Look, lookOf } from "@/lib/status";

const TONES: Record<Look["tone"], string> = {
  ok: "text-ok",
  degraded: "text-degraded",
  partial: "text-partial",
  major: "text-major",
  window: "text-window",
  none: "text-none",
};

const CIRCLE = <circle cx="8" cy="8" r="6.5" />;
const SHAPES: Record<Look["shape"], ReactNode> = {
  check: (
    <>
      {CIRCLE}
      <path d="m5 8.2 2.1 2.1L11 6" />
    </>
  ),
  dash: (
    <>
      {CIRCLE}
      <path d="M5 8h6" />
    </>
  ),
  triangle: <path d="M8 1.8 15 14H1ZM8 6v4M8 12v.1" />,
  octagon: <path d="M5.2 1.3h5.6l3.9 3.9v5.6l-3.9 3.9H5.2l-3.9-3.9V5.2ZM5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6" />,
  clock: (
    <>
      {CIRCLE}
      <path d="M8 4.5V8l2.4 1.6" />
    </>
  ),
  wrench: (
    <path d="M9.8 4.2a3.4 3.4 0 0 1 4.4-2L11.9 4.5l.4 1.5 1.5.4 1.2-1.6a3.4 3.4 0 0 1-4.7 3.8L4.9 14a1.9 1.9 0 0 1-2.8-2.8l5.4-5.3a3.4 3.4 0 0 1 2.3-1.7Z" />
  ),
  eye: (
    <>
      <path d="M1.2 8S3.6 3.5 8 3.5 14.8 8 14.8 8 12.4 12.5 8 12.5 1.2 8 1.2 8Z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="m10.8 10.8 3.7 3.7" />
    </>
  ),
  cross: (
    <>
      {CIRCLE}
      <path d="m5.7 5.7 4.6 4.6M10.3 5.7l-4.6 4.6" />
    </>
  ),
  circle: CIRCLE,
};

interface Props {
  status: AnyStatus;
  className?: string;
  /** Where no word stands beside it. */
  label?: string;
}

export function StatusIcon({ status, className, label }: Props) {
  const { tone, shape } = lookOf(status);
  return (
    <svg
      viewBox="0 0 16 16"
      className={cn("size-4 shrink-0", TONES[tone], className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
    >
      {SHAPES[shape]}
    </svg>
  );
}

export function StatusLabel({ status, className }: Omit<Props, "label">) {
  return (
    <span className={cn("inline-flex items-center gap-1.5", className)}>
      <StatusIcon status={status} />
      {lookOf(status).word}
    </span>
  );
}
