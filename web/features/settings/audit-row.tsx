"use client";
import { ChevronRight } from "lucide-react";
import { Person } from "@/components/person";
import { Ago } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { type Changed, changesOf, doneOf, nameOf } from "@/features/settings/audit-changes";
import type { AuditEntry } from "@/features/settings/queries";
import { absolute } from "@/lib/time";

interface Props {
  entry: AuditEntry;
  /** What services are called, by their ids. */
  services: Map<string, string>;
  /** Shows only what was done to the same thing. */
  onFollow: () => void;
}

/** One thing that was done; what it was before and is after, where somebody wants to know. */
export function AuditRow({ entry, services, onFollow }: Props) {
  const { action, actor, at } = entry;
  return (
    <li>
      <details className="group">
        <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 hover:bg-hover touch:min-h-11 [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 shrink-0 text-quiet group-open:rotate-90" aria-hidden />
          <span className="min-w-0 flex-1">
            <span className="font-medium">{doneOf(action)}</span>{" "}
            <span className="wrap-anywhere text-quiet">{nameOf(entry, services)}</span>
          </span>
          <span className="flex items-center gap-3 max-sm:w-full max-sm:justify-between max-sm:pl-7">
            <Person name={actor?.name ?? "Tidings"} className="w-40" />
            <Ago time={at} className="w-24 text-right text-quiet" />
          </span>
        </summary>
        <Details entry={entry} onFollow={onFollow} />
      </details>
    </li>
  );
}

function Details({ entry, onFollow }: Omit<Props, "services">) {
  const { at, actor, service, version, aggregate_id, traceparent } = entry;
  const facts = [
    ["At", [...new Set([absolute(at), absolute(at, "UTC")])].join(", ")],
    ["From", actor?.address],
    ["Id", aggregate_id],
    ["Version", `${version}, by ${service}`],
    ["Trace", traceparent?.split("-")[1]],
  ].filter(([, said]) => said);
  return (
    <div className="flex flex-col gap-3 px-3 pt-2 pb-3 sm:pl-10">
      <div className="flex flex-col gap-2">
        {changesOf(entry).map((changed) => (
          <Change key={changed.field} changed={changed} />
        ))}
      </div>
      <dl className="grid grid-cols-[4rem_minmax(0,1fr)] gap-y-0.5 text-xs">
        {facts.map(([name, said]) => (
          <div key={name} className="contents">
            <dt className="text-quiet">{name}</dt>
            <dd className="wrap-anywhere font-mono">{said}</dd>
          </div>
        ))}
      </dl>
      <Button size="small" className="self-start" onClick={onFollow}>
        Everything that was done to it
      </Button>
    </div>
  );
}

function Change({ changed: { field, before, after } }: { changed: Changed }) {
  return (
    <dl className="grid gap-x-3 gap-y-1 sm:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1fr)]">
      <dt className="text-quiet text-xs sm:pt-1">{field.replaceAll("_", " ")}</dt>
      <Value name="Before" text={before} className="line-through decoration-quiet/60" />
      <Value name="After" text={after} />
    </dl>
  );
}

function Value({ name, text, className = "" }: { name: string; text: string | undefined; className?: string }) {
  return (
    <dd className="min-w-0">
      <span className="sr-only">{name}: </span>
      <span
        className={`wrap-anywhere block max-h-40 overflow-y-auto whitespace-pre-wrap rounded-md bg-sunken px-2 py-1 text-xs ${text ? className : "text-quiet"}`}
      >
        {text || "nothing"}
      </span>
    </dd>
  );
}
