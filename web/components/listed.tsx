/** Incidents and windows in a list: what it is, since when or until when, on which services. */
import Link from "next/link";
import { StatusIcon } from "@/components/status-icon";
import { Ago } from "@/components/timestamp";
import type { components as Incidents } from "@/lib/api/incidents";
import type { components as Maintenance } from "@/lib/api/maintenance";
import { type AnyStatus, lookOf } from "@/lib/status";

interface Props {
  status: AnyStatus;
  href: string;
  title: string;
  services: { name: string }[];
  /** What is said of its time, for example "began". */
  when: string;
  time: string;
}

export function Listed({ status, href, title, services, when, time }: Props) {
  return (
    <li className="relative flex items-start gap-2.5 border-b px-3 py-2.5 last:border-b-0 hover:bg-hover">
      <StatusIcon status={status} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <Link href={href} className="wrap-anywhere font-medium after:absolute after:inset-0">
          {title}
        </Link>
        <p className="wrap-anywhere text-quiet text-xs">
          {lookOf(status).word}
          {services.length > 0 && ` · ${services.map(({ name }) => name).join(", ")}`}
        </p>
      </div>
      <span className="flex shrink-0 gap-1 text-quiet text-xs leading-5">
        {when} <Ago time={time} />
      </span>
    </li>
  );
}

export function ListedIncident({ incident, slug }: { incident: Incidents["schemas"]["Incident"]; slug: string }) {
  const { id, title, status, services, started_at, resolved_at } = incident;
  return (
    <Listed
      status={status}
      href={`/${slug}/incidents/${id}`}
      title={title}
      services={services}
      when={resolved_at ? "resolved" : "began"}
      time={resolved_at ?? started_at}
    />
  );
}

export function ListedWindow({ window, slug }: { window: Maintenance["schemas"]["Maintenance"]; slug: string }) {
  const { id, title, status, services, scheduled_start, scheduled_end, completed_at, cancelled_at } = window;
  const times = {
    scheduled: ["begins", scheduled_start],
    in_progress: ["ends", scheduled_end],
    completed: ["ended", completed_at ?? scheduled_end],
    cancelled: ["cancelled", cancelled_at ?? scheduled_start],
  } as const;
  const [when, time] = times[status];
  return (
    <Listed
      status={status}
      href={`/${slug}/maintenance/${id}`}
      title={title}
      services={services}
      when={when}
      time={time}
    />
  );
}
