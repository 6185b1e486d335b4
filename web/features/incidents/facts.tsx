/** An incident in a few lines: where it stands, since when, and what it does to which service. */
import Link from "next/link";
import type { ReactNode } from "react";
import { Markdown } from "@/components/markdown";
import { StatusIcon, StatusLabel } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import type { Incident } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import { lookOf } from "@/lib/status";
import { duration } from "@/lib/time";

export function Facts({ incident }: { incident: Incident }) {
  const { slug } = useOrganization();
  const { status, impact, description, started_at, resolved_at, services } = incident;
  return (
    <section aria-label="Facts" className="flex flex-col gap-4 rounded-lg border p-4 lg:order-last">
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-1">
        <Fact name="Status">
          <StatusLabel status={status} />
        </Fact>
        <Fact name="Impact">
          <StatusLabel status={impact} />
        </Fact>
        <Fact name="Began">
          <Timestamp time={started_at} className="text-ink" />
        </Fact>
        {resolved_at && <Fact name="Took">{duration(Date.parse(resolved_at) - Date.parse(started_at))}</Fact>}
      </dl>
      {services.length > 0 && (
        <div>
          <h2 className="mb-1 text-quiet text-xs">Affected services</h2>
          <ul className="flex flex-col">
            {services.map(({ service_id, name, status: put }) => (
              <li key={service_id}>
                <Link
                  href={`/${slug}/services/${service_id}`}
                  className="flex min-h-7 items-center gap-1.5 text-ink hover:underline touch:min-h-11"
                >
                  <StatusIcon status={put} />
                  <span className="wrap-anywhere min-w-0 flex-1">{name}</span>
                  <span className="text-quiet text-xs">{lookOf(put).word}</span>
                </Link>
              </li>
            ))}
          </ul>
          {resolved_at && <p className="mt-1 text-quiet text-xs">While it lasted. Lifted since.</p>}
        </div>
      )}
      {description && <Markdown text={description} className="text-quiet" />}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet text-xs">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
