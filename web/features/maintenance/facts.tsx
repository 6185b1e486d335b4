"use client";
/** What a window is: when, for which services, how it recurs, who sees it and what it does by itself. */
import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import { BothTimes } from "@/features/maintenance/both-times";
import { seriesOf, type WindowView } from "@/features/maintenance/queries";
import { inWords } from "@/features/maintenance/recurrence";
import { minutesInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { cn } from "@/lib/cn";
import { toLocalInput } from "@/lib/time";

export function Facts({ window, timeZone }: { window: WindowView; timeZone: string }) {
  const { slug } = useOrganization();
  const { services, reminder_minutes: reminders, series_id, visibility } = window;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-1">
      <Fact name="Planned for" isWide>
        <BothTimes
          start={toLocalInput(window.scheduled_start, timeZone)}
          end={toLocalInput(window.scheduled_end, timeZone)}
          timeZone={timeZone}
        />
      </Fact>
      <Fact name="Services">
        {services.length === 0 && "None are named"}
        <ul className="flex flex-wrap gap-x-3">
          {services.map(({ service_id, name }) => (
            <li key={service_id}>
              <Link
                href={`/${slug}/services/${service_id}`}
                className="inline-flex items-center hover:underline touch:min-h-11"
              >
                {name || "A service"}
              </Link>
            </li>
          ))}
        </ul>
      </Fact>
      {series_id && (
        <Fact name="Repeats" isWide>
          <Recurs seriesId={series_id} timeZone={timeZone} />
        </Fact>
      )}
      <Fact name="Who sees it">
        {visibility === "public" ? (
          "Everybody, on the page"
        ) : (
          <span className="inline-flex items-center gap-1.5">
            <Lock className="size-3.5" aria-hidden /> Members only
          </span>
        )}
      </Fact>
      <Fact name="By itself">{byItself(window)}</Fact>
      {reminders.length > 0 && (
        <Fact name="Reminders">
          {[...reminders]
            .sort((a, b) => b - a)
            .map(minutesInWords)
            .join(", ")}{" "}
          before
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, isWide, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={cn(isWide && "col-span-full")}>
      <dt className="mb-0.5 text-quiet text-xs">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Recurs({ seriesId, timeZone }: { seriesId: string; timeZone: string }) {
  const organization = useOrganization();
  const { data: series, error } = useQuery(seriesOf(organization, seriesId));
  if (error) return "Its series is no more";
  if (!series) return <Skeleton className="h-5" />;
  return inWords(series.rule, series.first_start, timeZone);
}

function byItself({ starts_by_itself: starts, completes_by_itself: completes }: WindowView): string {
  if (starts && completes) return "Starts and completes";
  if (starts) return "Starts; somebody completes it";
  return completes ? "Completes; somebody starts it" : "Nothing: somebody starts and completes it";
}
