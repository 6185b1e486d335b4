"use client";
/** /maintenance/<id>: one window, what is said of it, and what can be done with it. */
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import { useParams } from "next/navigation";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/error-state";
import { Markdown } from "@/components/markdown";
import { PageHeading } from "@/components/page-heading";
import { StatusLabel } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ConflictNotice } from "@/features/maintenance/conflict-notice";
import { Facts } from "@/features/maintenance/facts";
import type { WindowView } from "@/features/maintenance/queries";
import { Updates } from "@/features/maintenance/updates";
import { WindowActions } from "@/features/maintenance/window-actions";
import { useOrganization } from "@/features/shell/organization";
import { Problem } from "@/lib/problem";
import { queries } from "@/lib/queries";

export function WindowPage() {
  const { id } = useParams<{ id: string }>();
  const organization = useOrganization();
  const page = useQuery(queries.page(organization));
  const window = useQuery(queries.maintenance(organization, id));
  const error = window.error ?? page.error;
  const isKnown = window.data && page.data;
  // What is gone is not shown on, however well it was known; what cannot be read just now is.
  const isGone = window.error instanceof Problem && window.error.status === 404;
  const back = `/${organization.slug}/maintenance`;
  return (
    <>
      <Link
        href={back}
        className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-ink touch:min-h-11 [&_svg]:size-4"
      >
        <ChevronLeft aria-hidden /> Maintenance
      </Link>
      {error && (!isKnown || isGone) ? (
        <>
          <PageHeading title="Maintenance window" />
          <ErrorState
            error={error}
            {...(!isGone && { retry: () => void Promise.all([window.refetch(), page.refetch()]) })}
          >
            <Button asChild>
              <Link href={back}>All maintenance</Link>
            </Button>
          </ErrorState>
        </>
      ) : window.data && page.data ? (
        <Known window={window.data} timeZone={page.data.time_zone} />
      ) : (
        <WindowSkeleton />
      )}
    </>
  );
}

function Known({ window, timeZone }: { window: WindowView; timeZone: string }) {
  const mayChange = useOrganization().may("responder");
  return (
    <Layout
      heading={
        <>
          <div className="min-w-0 flex-1">
            <h1 className="wrap-anywhere font-semibold text-xl">{window.title}</h1>
            <StatusLabel status={window.status} className="mt-1" />
          </div>
          {mayChange && <WindowActions window={window} timeZone={timeZone} />}
        </>
      }
      facts={<Facts window={window} timeZone={timeZone} />}
    >
      {isAhead(window) && (
        <ConflictNotice
          id={window.id}
          start={new Date(window.scheduled_start)}
          end={new Date(window.scheduled_end)}
          serviceIds={window.services.map(({ service_id }) => service_id)}
        />
      )}
      {window.description && <Markdown text={window.description} />}
      <Updates window={window} />
    </Layout>
  );
}

/** Or in progress: what else goes on beside it still matters. */
function isAhead({ status }: WindowView): boolean {
  return status === "scheduled" || status === "in_progress";
}

function Layout({ heading, facts, children }: { heading: ReactNode; facts: ReactNode; children: ReactNode }) {
  return (
    <>
      <div className="mb-5 flex min-h-14 flex-wrap items-start gap-x-4 gap-y-3">{heading}</div>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10">
        <div className="flex min-w-0 flex-col gap-5 max-lg:order-last">{children}</div>
        <aside>{facts}</aside>
      </div>
    </>
  );
}

function WindowSkeleton() {
  return (
    <Layout
      heading={
        <div className="flex-1">
          <Skeleton className="h-7 w-64 max-w-full" />
          <Skeleton className="mt-1 h-5 w-28" />
        </div>
      }
      facts={<Skeleton className="h-72" />}
    >
      <Skeleton className="h-16" />
      <Skeleton className="h-40" />
      <p role="status" className="sr-only">
        Loading
      </p>
    </Layout>
  );
}
