"use client";
/** /maintenance: a month as a calendar or as an agenda; on a phone it is the agenda. Which month and which view stands in the address. */
import { useQuery } from "@tanstack/react-query";
import { CalendarDays, ChevronLeft, ChevronRight, List, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { Agenda } from "@/features/maintenance/agenda";
import { CalendarSkeleton } from "@/features/maintenance/calendar-skeleton";
import { MonthGrid } from "@/features/maintenance/month-grid";
import { windowsBetween } from "@/features/maintenance/queries";
import { useWide } from "@/features/maintenance/use-wide";
import { addDays, addMonths, dayOf, monthOf, weeksOf } from "@/features/maintenance/weeks";
import { monthInWords, placeInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";
import { fromLocalInput } from "@/lib/time";

// Who only looks needs no form.
const PlanSheet = dynamic(async () => (await import("@/features/maintenance/plan-sheet")).PlanSheet, { ssr: false });

export function MaintenanceCalendar() {
  const organization = useOrganization();
  const { data: page, error, refetch } = useQuery(queries.page(organization));
  if (page) return <Month timeZone={page.time_zone} />;
  return (
    <>
      <PageHeading title="Maintenance" />
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : <CalendarSkeleton />}
    </>
  );
}

function Month({ timeZone }: { timeZone: string }) {
  const organization = useOrganization();
  const mayPlan = organization.may("responder");
  const search = useSearchParams();
  const isWide = useWide();
  const today = dayOf(new Date(), timeZone);
  const month = search.get("month")?.match(/^\d{4}-(0[1-9]|1[0-2])$/)?.[0] ?? monthOf(today);
  const view = isWide && search.get("view") !== "agenda" ? "month" : "agenda";
  const asked = search.get("new");
  const [newDay, setNewDay] = useState<string | null>(null);
  // Who closes the sheet, or comes back to this page, does not find it open again.
  useEffect(() => {
    if (asked === null) return;
    setNewDay(asked);
    change({ new: null });
  }, [asked]);

  const days = weeksOf(month).flat();
  const [first = month, last = month] = [days[0], days.at(-1)];
  const midnight = (day: string) => fromLocalInput(`${day}T00:00`, timeZone);
  const windows = useQuery(windowsBetween(organization, midnight(first), midnight(addDays(last, 1))));

  return (
    <>
      <PageHeading title="Maintenance">
        {isWide && <Views view={view} />}
        {mayPlan && (
          <Button kind="primary" onClick={() => setNewDay(today)}>
            <Plus aria-hidden /> Plan maintenance
          </Button>
        )}
      </PageHeading>
      <div className="mb-3 flex flex-wrap items-center gap-1">
        <Button
          kind="quiet"
          size="icon"
          aria-label="Month before"
          onClick={() => change({ month: addMonths(month, -1) })}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Button
          kind="quiet"
          size="icon"
          aria-label="Month after"
          onClick={() => change({ month: addMonths(month, 1) })}
        >
          <ChevronRight aria-hidden />
        </Button>
        <h2 className="px-1 font-semibold text-base" aria-live="polite">
          {monthInWords(month)}
        </h2>
        {month !== monthOf(today) && (
          <Button kind="quiet" size="small" onClick={() => change({ month: null })}>
            Today
          </Button>
        )}
        <p className="text-quiet text-xs max-sm:w-full max-sm:px-1 sm:ml-auto">Times in {placeInWords(timeZone)}</p>
      </div>
      {windows.data ? (
        <div aria-busy={windows.isPlaceholderData}>
          {view === "month" ? (
            <MonthGrid
              month={month}
              today={today}
              windows={windows.data}
              timeZone={timeZone}
              onMonth={(month) => change({ month })}
              onPlan={mayPlan ? setNewDay : undefined}
            />
          ) : (
            <Agenda
              month={month}
              today={today}
              windows={windows.data}
              timeZone={timeZone}
              isLoading={windows.isPlaceholderData}
              onPlan={mayPlan ? setNewDay : undefined}
            />
          )}
        </div>
      ) : windows.error ? (
        <ErrorState error={windows.error} retry={() => void windows.refetch()} />
      ) : (
        <CalendarSkeleton />
      )}
      {mayPlan && newDay !== null && (
        <PlanSheet day={newDay >= today ? newDay : today} timeZone={timeZone} onClose={() => setNewDay(null)} />
      )}
    </>
  );
}

function Views({ view }: { view: "month" | "agenda" }) {
  const look = "aria-pressed:bg-hover aria-pressed:text-ink";
  return (
    <fieldset className="flex gap-0.5" aria-label="View">
      <Button kind="quiet" className={look} aria-pressed={view === "month"} onClick={() => change({ view: null })}>
        <CalendarDays aria-hidden /> <span className="max-lg:sr-only">Month</span>
      </Button>
      <Button kind="quiet" className={look} aria-pressed={view === "agenda"} onClick={() => change({ view: "agenda" })}>
        <List aria-hidden /> <span className="max-lg:sr-only">Agenda</span>
      </Button>
    </fieldset>
  );
}

/** Writes into the address, which is where the page reads it from; null takes something out. */
function change(changes: Record<string, string | null>): void {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  window.history.replaceState(null, "", address);
}
