"use client";
/** /services/<id>: one service: why it is as it is, how it was, and what happened to it. */
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Section } from "@/components/section";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { GoneService } from "@/features/services/gone-service";
import { ServiceDays } from "@/features/services/service-days";
import { ServiceIncidents, ServiceWindows } from "@/features/services/service-happenings";
import { ServiceHeading } from "@/features/services/service-heading";
import { ServiceHistory } from "@/features/services/service-history";
import { useService } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";
import { Problem } from "@/lib/problem";
import { queries } from "@/lib/queries";

export function ServicePage({ id }: { id: string }) {
  const organization = useOrganization();
  const { data: service, error: serviceError, refetch } = useService(id);
  const { data: page, error: pageError, refetch: refetchPage } = useQuery(queries.page(organization));
  const error = serviceError ?? pageError;
  // What is gone is not shown on, however well it was known; what cannot be read just now is.
  const isGone = serviceError instanceof Problem && serviceError.status === 404;
  const back = `/${organization.slug}/services`;
  const toAll = (
    <Button asChild>
      <Link href={back}>To all services</Link>
    </Button>
  );
  return (
    <>
      <Link href={back} className="-ml-1 inline-flex items-center gap-1 text-quiet hover:text-ink touch:min-h-11">
        <ChevronLeft className="size-4" aria-hidden /> Services
      </Link>
      {isGone ? (
        <GoneService id={id} error={error} onRestored={() => void refetch()}>
          {toAll}
        </GoneService>
      ) : error && !(service && page) ? (
        <>
          <PageHeading title="Service" />
          <ErrorState error={error} retry={() => void Promise.all([refetch(), refetchPage()])}>
            {toAll}
          </ErrorState>
        </>
      ) : service && page ? (
        <>
          <ServiceHeading service={service} />
          <ServiceDays service={service} timeZone={page.time_zone} />
          <div className="mt-8 grid gap-x-8 lg:grid-cols-2">
            <div className="min-w-0">
              <Section title="Incidents">
                <ServiceIncidents id={id} />
              </Section>
              <Section title="Maintenance">
                <ServiceWindows id={id} />
              </Section>
            </div>
            <div className="min-w-0 max-lg:mt-8">
              <Section title="History">
                <ServiceHistory id={id} />
              </Section>
            </div>
          </div>
        </>
      ) : (
        <div className="flex flex-col gap-4 pt-1" aria-busy>
          <Skeleton className="h-8 w-64" />
          <Skeleton className="h-24" />
          <Skeleton className="h-48" />
        </div>
      )}
    </>
  );
}
