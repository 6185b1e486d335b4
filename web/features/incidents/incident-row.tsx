import Link from "next/link";
import { StatusIcon } from "@/components/status-icon";
import { Ago } from "@/components/timestamp";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import type { Incident } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import { lookOf } from "@/lib/status";
import { duration } from "@/lib/time";

/** One incident of a list. All of it leads there. */
export function IncidentRow({ incident }: { incident: Incident }) {
  const { slug } = useOrganization();
  const { id, title, status, impact, visibility, services, started_at, resolved_at } = incident;
  const names = services.map(({ name }) => name).join(", ");
  return (
    <li className="relative flex items-start gap-3 border-b px-3 py-2.5 last:border-b-0 hover:bg-hover">
      <StatusIcon status={status} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <h3 className="line-clamp-2 font-medium">
          <Link href={`/${slug}/incidents/${id}`} className="after:absolute after:inset-0">
            {title}
          </Link>
        </h3>
        <p className="flex flex-wrap items-center gap-x-2 text-quiet text-xs">
          <span>{lookOf(status).word}</span>
          <span className="inline-flex items-center gap-1">
            <StatusIcon status={impact} className="size-3" />
            {lookOf(impact).word}
          </span>
          {names && <span className="line-clamp-1">{names}</span>}
          {visibility === "internal" && <Badge>Members alone</Badge>}
        </p>
      </div>
      <div className="flex shrink-0 flex-col items-end text-quiet text-xs">
        <Ago time={started_at} />
        {resolved_at && <span>{duration(Date.parse(resolved_at) - Date.parse(started_at))}</span>}
      </div>
    </li>
  );
}

const SHOWN = 6;

/** A list in its final layout. */
export function RowSkeletons() {
  return (
    <div aria-busy>
      <Skeleton className="mb-1.5 h-5 w-16" />
      <div className="rounded-lg border">
        {Array.from({ length: SHOWN }, (_, number) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <div key={number} className="border-b p-3 last:border-b-0">
            <Skeleton className="h-9" />
          </div>
        ))}
      </div>
    </div>
  );
}
