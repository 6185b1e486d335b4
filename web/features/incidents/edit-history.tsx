"use client";
/** What updates said until somebody edited or deleted them. Members alone read it. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Markdown } from "@/components/markdown";
import { Person } from "@/components/person";
import { StatusLabel } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { keys } from "@/lib/queries";

export function EditHistory({ incidentId }: { incidentId: string }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button kind="quiet" size="small">
          <History aria-hidden /> Edits
        </Button>
      </DialogTrigger>
      <DialogContent title="What updates said before" description="Visitors never see this.">
        <Edits incidentId={incidentId} />
      </DialogContent>
    </Dialog>
  );
}

function Edits({ incidentId }: { incidentId: string }) {
  const { id, api } = useOrganization();
  const edits = useInfiniteQuery({
    queryKey: keys.incidentEdits(id, incidentId),
    queryFn: ({ signal, pageParam }) =>
      data(
        api.GET("/api/incidents/v1/incidents/{incident_id}/edits", {
          params: { path: { incident_id: incidentId }, query: { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
  if (!edits.data) {
    return edits.error ? (
      <ErrorState error={edits.error} retry={() => void edits.refetch()} />
    ) : (
      <Skeleton className="h-24" />
    );
  }
  const former = edits.data.pages.flatMap(({ items }) => items);
  if (former.length === 0) return <Empty title="Nothing was edited">Every update says what it said at first.</Empty>;
  return (
    <>
      <ol className="flex flex-col divide-y">
        {former.map(({ update_id, kind, status, message, replaced_at, replaced_by }) => (
          <li key={`${update_id} ${replaced_at}`} className="flex flex-col gap-1 py-3 first:pt-0">
            <p className="flex flex-wrap items-center gap-x-2 text-quiet">
              {replaced_by ? <Person name={replaced_by.name} /> : "Somebody"} {kind} it
              <Timestamp time={replaced_at} />
              <StatusLabel status={status} className="text-xs" />
            </p>
            {message ? <Markdown text={message} /> : <p>Nothing</p>}
          </li>
        ))}
      </ol>
      {edits.hasNextPage && (
        <Button busy={edits.isFetchingNextPage} onClick={() => void edits.fetchNextPage()}>
          Older ones
        </Button>
      )}
    </>
  );
}
