"use client";
/** Says what else goes on with the same services at that time, before it is planned. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { type Conflict, conflictsOf } from "@/features/maintenance/conflicts";
import { windowsBetween } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

interface Props {
  /** Of the window itself, when it exists already. */
  id?: string | undefined;
  start: Date;
  end: Date;
  serviceIds: string[];
}

export function ConflictNotice(props: Props) {
  // Half typed times are no times.
  return props.serviceIds.length > 0 && props.start < props.end ? <Known {...props} /> : null;
}

function Known({ id, start, end, serviceIds }: Props) {
  const organization = useOrganization();
  const windows = useQuery(windowsBetween(organization, start, end));
  const incidents = useInfiniteQuery({
    ...queries.incidents(organization, { state: "open" }),
    placeholderData: keepPreviousData,
  });
  const open = incidents.data?.pages.flatMap(({ items }) => items) ?? [];
  return <ConflictList conflicts={conflictsOf({ id, start, end, serviceIds }, windows.data ?? [], open)} />;
}

function ConflictList({ conflicts }: { conflicts: Conflict[] }) {
  const { slug } = useOrganization();
  if (conflicts.length === 0) return null;
  return (
    <section role="status" className="rounded-md border border-degraded/50 px-3 py-2">
      <p className="flex items-center gap-1.5 font-medium">
        <TriangleAlert className="size-4 shrink-0 text-degraded" aria-hidden />
        The same services at the same time
      </p>
      <ul className="mt-0.5">
        {conflicts.map(({ kind, id, title, services }) => (
          <li key={id} className="wrap-anywhere">
            {kind === "window" ? "Maintenance" : "Open incident"}{" "}
            <Link
              href={`/${slug}/${kind === "window" ? "maintenance" : "incidents"}/${id}`}
              target="_blank"
              className="text-accent underline touch:inline-block touch:py-2.5"
            >
              {title}
            </Link>
            <span className="text-quiet"> · {services.join(", ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
