"use client";
/** Who did what to what, newest first. What is looked for is in the address, so that a colleague can be sent it. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { AuditExport } from "@/features/settings/audit-export";
import { addressOf, toFilter, type Wanted, wantedOf } from "@/features/settings/audit-filter";
import { AuditFilters } from "@/features/settings/audit-filters";
import { AuditRow } from "@/features/settings/audit-row";
import { type AuditFilter, settingsQueries } from "@/features/settings/queries";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";
import { ownTimeZone } from "@/lib/time";

export function AuditLog() {
  const { slug } = useOrganization();
  const router = useRouter();
  const wanted = wantedOf(useSearchParams());
  const change = (next: Wanted) => router.replace(`/${slug}/settings/audit-log${addressOf(next)}`, { scroll: false });
  const filter = toFilter(wanted, ownTimeZone());
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <AuditFilters wanted={wanted} onChange={change} />
        <AuditExport filter={filter} />
      </div>
      <Entries filter={filter} onChange={(changed) => change({ ...wanted, ...changed })} onReset={() => change({})} />
    </div>
  );
}

interface EntriesProps {
  filter: AuditFilter;
  onChange: (changed: Wanted) => void;
  onReset: () => void;
}

function Entries({ filter, onChange, onReset }: EntriesProps) {
  const organization = useOrganization();
  const list = useInfiniteQuery({
    ...settingsQueries.audit(organization, filter),
    placeholderData: keepPreviousData,
  });
  const services = useQuery(queries.services(organization)).data ?? [];
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const entries = list.data?.pages.flatMap(({ items }) => items);
  if (list.error && !entries) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  if (!entries) return <Skeleton className="h-128" />;
  if (entries.length === 0) {
    return (
      <Empty title="Nothing was done that fits" action={<Button onClick={onReset}>Show everything</Button>}>
        What is done in this organization is here a moment later, with who did it and what it was before.
      </Empty>
    );
  }
  return (
    <>
      <ul className="divide-y rounded-lg border" aria-busy={list.isPlaceholderData}>
        {entries.map((entry) => (
          <AuditRow
            key={entry.id}
            entry={entry}
            services={names}
            onFollow={() => onChange({ id: entry.aggregate_id })}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </>
  );
}
