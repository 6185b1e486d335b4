/** A window in a week of the month, over the days that it takes there. */
import { Lock } from "lucide-react";
import Link from "next/link";
import { StatusIcon } from "@/components/status-icon";
import type { Window } from "@/features/maintenance/queries";
import { type Bar, timesOf } from "@/features/maintenance/weeks";
import { dayAndHours } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { cn } from "@/lib/cn";
import { lookOf } from "@/lib/status";
import { clock } from "@/lib/time";

interface Props {
  bar: Bar<Window>;
  timeZone: string;
  /** By Tab: those of the day that is. */
  isReachable: boolean;
}

export function MonthBar({ bar: { window, days, lane, isContinued, goesOn }, timeZone, isReachable }: Props) {
  const { slug } = useOrganization();
  const { title, status, visibility, series_id } = window;
  const rest = [lookOf(status).word, dayAndHours(timesOf(window), timeZone), series_id && "recurs"];
  return (
    <Link
      href={`/${slug}/maintenance/${window.id}`}
      title={title}
      tabIndex={isReachable ? 0 : -1}
      // Over the borders between its days as well.
      style={{
        top: `calc(2rem + ${lane} * var(--lane))`,
        width: `calc(${days * 100}% + ${days - 1}px - 0.5rem)`,
      }}
      className={cn(
        "absolute left-1 z-10 flex h-[calc(var(--lane)-0.125rem)] items-center gap-1 overflow-hidden rounded-md border border-window/40 bg-raised px-1.5 text-xs hover:border-window",
        isContinued && "rounded-l-none border-l-0",
        goesOn && "rounded-r-none border-r-0",
        status === "in_progress" && "border-window bg-accent-soft",
        status === "cancelled" && "text-quiet line-through",
        status === "completed" && "border-line text-quiet",
      )}
    >
      <StatusIcon status={status} className="size-3.5" />
      {!isContinued && (
        <span className="shrink-0 text-quiet max-lg:hidden" aria-hidden>
          {clock(timesOf(window).start, timeZone)}
        </span>
      )}
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <span className="sr-only">, {rest.filter(Boolean).join(", ")}</span>
      {visibility === "internal" && <Lock className="size-3 shrink-0 text-quiet" aria-label="internal" />}
    </Link>
  );
}
