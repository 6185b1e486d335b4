"use client";
/** The last days of one service. Those of an internal one are counted here, because nothing public tells of it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { DayBars } from "@/components/day-bars";
import { ErrorState } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { Service } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";
import { type Days, daysOfHistory, oldestMoment, publicDays } from "@/lib/days";
import { queries } from "@/lib/queries";
import { fromLocalInput } from "@/lib/time";

interface Props {
  service: Service;
  timeZone: string;
}

export function ServiceDays({ service, timeZone }: Props) {
  return service.visibility === "public" ? (
    <PublicDays service={service} />
  ) : (
    <InternalDays service={service} timeZone={timeZone} />
  );
}

function PublicDays({ service }: { service: Service }) {
  const { data: page, error, refetch } = useQuery(queries.publicPage(useOrganization()));
  if (!page && error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!page) return <BarsSkeleton />;
  const days = publicDays(page).get(service.id);
  // It was made this very moment, or shown again.
  return days ? (
    <Bars service={service} days={days} />
  ) : (
    <p className="text-quiet">Its days are counted from now on.</p>
  );
}

function InternalDays({ service, timeZone }: Props) {
  const history = useInfiniteQuery(queries.serviceHistory(useOrganization(), service.id));
  const { hasNextPage, isFetching, fetchNextPage } = history;
  const [now] = useState(() => new Date());
  const entries = history.data?.pages.flatMap(({ items }) => items);
  const oldest = entries?.at(-1)?.changed_at;
  const isMissing = hasNextPage && oldest !== undefined && Date.parse(oldest) > oldestMoment(timeZone, now);
  useEffect(() => {
    if (isMissing && !isFetching) void fetchNextPage();
  }, [isMissing, isFetching, fetchNextPage]);

  if (!entries && history.error) return <ErrorState error={history.error} retry={() => void history.refetch()} />;
  if (!entries) return <BarsSkeleton />;
  const begun = service.start_date ? fromLocalInput(`${service.start_date}T00:00`, timeZone) : service.created_at;
  const since = new Date(isMissing && oldest ? oldest : begun);
  const days = daysOfHistory({ entries, status: service.status, since, timeZone, now });
  return <Bars service={service} days={{ days, percentage: null }} />;
}

function Bars({ service, days: { days, percentage } }: { service: Service; days: Days }) {
  return <DayBars label={service.name} days={days} percentage={percentage} />;
}

/** As high as what comes. */
function BarsSkeleton() {
  return <Skeleton className="h-13.5" />;
}
