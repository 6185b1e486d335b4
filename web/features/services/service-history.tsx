"use client";
/** Every change of the status that visitors see, with who or what caused it, the newest first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { Person } from "@/components/person";
import { StatusIcon } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useOrganization } from "@/features/shell/organization";
import type { components } from "@/lib/api/catalog";
import { queries } from "@/lib/queries";
import { lookOf } from "@/lib/status";

type HistoryEntry = components["schemas"]["HistoryEntry"];

export function ServiceHistory({ id }: { id: string }) {
  const history = useInfiniteQuery(queries.serviceHistory(useOrganization(), id));
  const entries = history.data?.pages.flatMap(({ items }) => items);
  if (!entries && history.error) return <ErrorState error={history.error} retry={() => void history.refetch()} />;
  if (!entries) return <Skeleton className="h-32" />;
  if (entries.length === 0) return <p className="text-quiet">Its status was never another one.</p>;
  return (
    <>
      <ol className="rounded-lg border">
        {entries.map((entry, index) => (
          // Two at the same moment are told apart by their place alone.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Entry key={`${entry.changed_at} ${index}`} entry={entry} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button
          kind="quiet"
          className="mt-2"
          busy={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          Show older ones
        </Button>
      )}
    </>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { status, previous, changed_at, changed_by, backfilled } = entry;
  return (
    <li className="flex items-start gap-2.5 border-b px-3 py-2 last:border-b-0">
      <StatusIcon status={status} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{lookOf(status).word}</span>
          {previous !== status && <span className="text-quiet text-xs">was {lookOf(previous).word}</span>}
          {backfilled && <Badge>Written down later</Badge>}
        </p>
        <p className="wrap-anywhere flex flex-wrap gap-x-3 text-quiet text-xs">
          <Cause entry={entry} />
          {changed_by && <Person name={changed_by.name} />}
        </p>
      </div>
      <Timestamp time={changed_at} className="shrink-0 text-xs leading-5" />
    </li>
  );
}

function Cause({ entry: { cause } }: { entry: HistoryEntry }) {
  const { slug } = useOrganization();
  if (!cause) return null;
  if (cause.kind !== "incident") return cause.title && <span>{cause.title}</span>;
  return (
    <Link href={`/${slug}/incidents/${cause.id}`} className="text-accent underline touch:py-3.5">
      {cause.title}
    </Link>
  );
}
