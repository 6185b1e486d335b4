"use client";
/** A month as a list of its windows by day. Of the present month it is what is still to come; the rest opens when asked for. */
import { useQuery } from "@tanstack/react-query";
import { Lock, Repeat } from "lucide-react";
import Link from "next/link";
import { Empty } from "@/components/empty";
import { StatusLabel } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import type { Window } from "@/features/maintenance/queries";
import { addMonths, dayOf, daysOf, monthOf, timesOf } from "@/features/maintenance/weeks";
import { dayAndHours, dayInWords, hours, monthInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { cn } from "@/lib/cn";
import { queries } from "@/lib/queries";
import { fromLocalInput } from "@/lib/time";

interface Props {
  month: string;
  today: string;
  windows: Window[];
  timeZone: string;
  isLoading: boolean;
  /** Not for those who may only look. */
  onPlan: ((day: string) => void) | undefined;
}

export function Agenda({ month, today, windows, timeZone, isLoading, onPlan }: Props) {
  const ofMonth = windows.filter((window) => {
    const [first, last] = daysOf(window, timeZone);
    return monthOf(first) <= month && month <= monthOf(last);
  });
  const isEarlier = (window: Window) => window.status !== "in_progress" && daysOf(window, timeZone)[1] < today;
  const isPresent = month === monthOf(today);
  const earlier = isPresent ? ofMonth.filter(isEarlier) : [];
  const shown = isPresent ? ofMonth.filter((window) => !isEarlier(window)) : ofMonth;
  return (
    <>
      {earlier.length > 0 && (
        <details className="mb-4">
          <summary className="flex min-h-8 items-center text-quiet hover:text-ink touch:min-h-11">
            Earlier this month ({earlier.length})
          </summary>
          <Days month={month} windows={earlier} timeZone={timeZone} />
        </details>
      )}
      <Days month={month} windows={shown} timeZone={timeZone} />
      {shown.length === 0 && !isLoading && (
        <Nothing month={month} isPresent={isPresent} today={today} timeZone={timeZone} onPlan={onPlan} />
      )}
    </>
  );
}

function Days({ month, windows, timeZone }: { month: string; windows: Window[]; timeZone: string }) {
  const { slug } = useOrganization();
  const byDay = Map.groupBy(windows, (window) => {
    const [first] = daysOf(window, timeZone);
    return monthOf(first) < month ? `${month}-01` : first; // one that began before stands on the first
  });
  return [...byDay].map(([day, ofDay]) => (
    <section key={day} id={day} className="mb-4 scroll-mt-16">
      <h3 className="mb-1.5 font-medium text-quiet">{dayInWords(day)}</h3>
      <ul className="divide-y overflow-hidden rounded-lg border">
        {ofDay.map((window) => (
          <li key={window.id}>
            <Link href={`/${slug}/maintenance/${window.id}`} className="block px-3 py-2.5 hover:bg-hover">
              <Row window={window} timeZone={timeZone} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}

function Row({ window, timeZone }: { window: Window; timeZone: string }) {
  const names = window.services.map(({ name }) => name);
  return (
    <>
      <span className="flex items-start gap-2">
        <span className={cn("min-w-0 flex-1 font-medium", window.status === "cancelled" && "text-quiet line-through")}>
          {window.title}
        </span>
        {window.series_id && <Repeat className="mt-0.5 size-3.5 shrink-0 text-quiet" aria-label="recurs" />}
        {window.visibility === "internal" && (
          <Lock className="mt-0.5 size-3.5 shrink-0 text-quiet" aria-label="internal" />
        )}
        <StatusLabel status={window.status} className="shrink-0 text-xs" />
      </span>
      <span className="block text-quiet">
        {hours(timesOf(window), timeZone)}
        {names.length > 0 && ` · ${names.slice(0, 3).join(", ")}`}
        {names.length > 3 && ` and ${names.length - 3} more`}
      </span>
    </>
  );
}

interface NothingProps {
  month: string;
  isPresent: boolean;
  today: string;
  timeZone: string;
  onPlan: Props["onPlan"];
}

function Nothing({ month, isPresent, today, timeZone, onPlan }: NothingProps) {
  const organization = useOrganization();
  const after = fromLocalInput(`${addMonths(month, 1)}-01T00:00`, timeZone).toISOString();
  const { data: [next] = [] } = useQuery(
    queries.maintenances(organization, { from: after, state: "scheduled", limit: 1 }),
  );
  return (
    <Empty
      title={isPresent ? `Nothing more in ${monthInWords(month)}` : `Nothing in ${monthInWords(month)}`}
      action={
        onPlan &&
        month >= monthOf(today) && (
          <Button kind="primary" onClick={() => onPlan(isPresent ? today : `${month}-01`)}>
            Plan maintenance
          </Button>
        )
      }
    >
      {next ? (
        <>
          The next one is{" "}
          <Link
            href={`/${organization.slug}/maintenance/${next.id}`}
            className="inline-flex items-center text-accent underline touch:min-h-11"
          >
            {next.title}
          </Link>
          , {dayAndHours(timesOf(next), timeZone)} {dayOf(next.scheduled_start, timeZone).slice(0, 4)}.
        </>
      ) : (
        "A window announces work before it begins, so that nobody takes it for an outage."
      )}
    </Empty>
  );
}
