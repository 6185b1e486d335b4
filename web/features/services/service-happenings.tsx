"use client";
/** What happened to a service, and what is planned: its incidents and its windows. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { ListedIncident, ListedWindow } from "@/components/listed";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

const WINDOWS = 100;
const PAST_DAYS = 90;
const DAY_MS = 86_400_000;

export function ServiceIncidents({ id }: { id: string }) {
  const organization = useOrganization();
  const incidents = useInfiniteQuery(queries.incidents(organization, { service_id: id }));
  const found = incidents.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <List query={incidents} nothing="No incident named it.">
        {found?.map((incident) => (
          <ListedIncident key={incident.id} incident={incident} slug={organization.slug} />
        ))}
      </List>
      {incidents.hasNextPage && (
        <Button
          kind="quiet"
          className="mt-2"
          busy={incidents.isFetchingNextPage}
          onClick={() => void incidents.fetchNextPage()}
        >
          Show older ones
        </Button>
      )}
    </>
  );
}

/** Those in progress and planned first, then those of the last 90 days, the latest first. */
export function ServiceWindows({ id }: { id: string }) {
  const organization = useOrganization();
  const [from] = useState(() => new Date(Date.now() - PAST_DAYS * DAY_MS).toISOString());
  const windows = useQuery(queries.maintenances(organization, { service_id: id, from, limit: WINDOWS }));
  const isAhead = ({ status }: { status: string }) => status === "scheduled" || status === "in_progress";
  const ahead = windows.data?.filter(isAhead) ?? [];
  const past = windows.data?.filter((window) => !isAhead(window)).reverse() ?? [];
  return (
    <List query={windows} nothing="None is planned, and none was in the last 90 days.">
      {windows.data &&
        [...ahead, ...past].map((window) => <ListedWindow key={window.id} window={window} slug={organization.slug} />)}
    </List>
  );
}

interface ListProps {
  query: { error: unknown; refetch: () => unknown };
  nothing: string;
  children: ReactNode[] | undefined;
}

function List({ query, nothing, children }: ListProps) {
  if (children) {
    return children.length > 0 ? (
      <ul className="rounded-lg border">{children}</ul>
    ) : (
      <p className="text-quiet">{nothing}</p>
    );
  }
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton className="h-16" />;
}
