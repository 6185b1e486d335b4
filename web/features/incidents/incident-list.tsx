"use client";
/** /incidents: what is open first, then what is over. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FileText, Plus } from "lucide-react";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { DraftNotice } from "@/features/incidents/draft-notice";
import { type Filter, fromAddress, isFiltered, toAddress, toQuery } from "@/features/incidents/filter";
import { Filters } from "@/features/incidents/filters";
import { IncidentRow, RowSkeletons } from "@/features/incidents/incident-row";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";
import { ownTimeZone } from "@/lib/time";

export function IncidentList() {
  const { slug, may } = useOrganization();
  const router = useRouter();
  const filter = fromAddress(useSearchParams());
  const change = (changed: Partial<Filter>) =>
    router.replace(`/${slug}/incidents${toAddress({ ...filter, ...changed })}`, { scroll: false });
  return (
    <>
      <PageHeading title="Incidents">
        {may("responder") && (
          <>
            <Button asChild kind="quiet">
              <Link href={`/${slug}/incidents/templates`}>
                <FileText aria-hidden /> <span className="max-sm:sr-only">Templates</span>
              </Link>
            </Button>
            <Button asChild kind="primary">
              <Link href={`/${slug}/incidents/new`}>
                <Plus aria-hidden /> New incident
              </Link>
            </Button>
          </>
        )}
      </PageHeading>
      {may("responder") && <DraftNotice />}
      <Filters filter={filter} onChange={change} />
      <Lists filter={filter} onReset={() => router.replace(`/${slug}/incidents`, { scroll: false })} />
    </>
  );
}

function useList(filter: Filter, state: "open" | "resolved") {
  const organization = useOrganization();
  const { data: page } = useQuery(queries.page(organization));
  const list = useInfiniteQuery({
    ...queries.incidents(organization, toQuery(filter, state, page?.time_zone ?? ownTimeZone())),
    // Where days begin must be known before days are asked for.
    enabled:
      filter.state !== (state === "open" ? "resolved" : "open") &&
      (page !== undefined || !(filter.from ?? filter.until)),
  });
  return { ...list, incidents: list.data?.pages.flatMap(({ items }) => items) };
}

function Lists({ filter, onReset }: { filter: Filter; onReset: () => void }) {
  const open = useList(filter, "open");
  const over = useList(filter, "resolved");
  const shown = [
    { ...open, title: "Open", isShown: filter.state !== "resolved" },
    { ...over, title: "Resolved", isShown: filter.state !== "open" },
  ].filter(({ isShown }) => isShown);

  const failed = shown.find(({ incidents, error }) => !incidents && error);
  if (failed) {
    return (
      <ErrorState error={failed.error} retry={() => void failed.refetch()}>
        {isFiltered(filter) && <Button onClick={onReset}>Show all</Button>}
      </ErrorState>
    );
  }
  if (shown.some(({ incidents }) => !incidents)) return <RowSkeletons />;
  if (shown.every(({ incidents }) => incidents?.length === 0)) return <Nothing filter={filter} onReset={onReset} />;
  return (
    <div className="flex flex-col gap-6">
      {shown.map(
        ({ title, incidents, hasNextPage, isFetchingNextPage, fetchNextPage }) =>
          incidents &&
          incidents.length > 0 && (
            <section key={title} aria-labelledby={title}>
              <h2 id={title} className="mb-1.5 font-medium text-quiet">
                {title}
              </h2>
              <ul className="overflow-hidden rounded-lg border">
                {incidents.map((incident) => (
                  <IncidentRow key={incident.id} incident={incident} />
                ))}
              </ul>
              {hasNextPage && (
                <Button className="mt-2" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  Older ones
                </Button>
              )}
            </section>
          ),
      )}
    </div>
  );
}

function Nothing({ filter, onReset }: { filter: Filter; onReset: () => void }) {
  const { slug, may } = useOrganization();
  if (isFiltered(filter)) {
    return (
      <Empty title="No incident fits" action={<Button onClick={onReset}>Show all</Button>}>
        None began in that time, for that service, in that state.
      </Empty>
    );
  }
  return (
    <Empty
      title="Nothing went wrong yet"
      action={
        may("responder") && (
          <Button asChild kind="primary">
            <Link href={`/${slug}/incidents/new`}>New incident</Link>
          </Button>
        )
      }
    >
      When something does, an incident tells visitors what it is and how far you are, until it is over.
    </Empty>
  );
}
