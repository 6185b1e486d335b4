/** What is wrong now: one sentence, then the open incidents, the windows in progress, and the services that are not operational. */
import Link from "next/link";
import { UnderMaintenance, Why } from "@/components/causes";
import { ListedIncident, ListedWindow } from "@/components/listed";
import { Section } from "@/components/section";
import { StatusIcon } from "@/components/status-icon";
import type { Known, Service } from "@/features/overview/use-overview";
import { useOrganization } from "@/features/shell/organization";
import { lookOf, SERVICE_STATUSES, type ServiceStatus, worst } from "@/lib/status";

export function Now({ known: { services, openIncidents, running } }: { known: Known }) {
  const { slug } = useOrganization();
  const bad = services
    .filter(({ status }) => status !== "operational")
    .sort((one, other) => SERVICE_STATUSES.indexOf(other.status) - SERVICE_STATUSES.indexOf(one.status));
  const maintained = services.filter((service) => service.under_maintenance && service.status === "operational");
  return (
    <>
      <Sentence status={worst(bad.map(({ status }) => status))} bad={bad.length} all={services.length} />
      {openIncidents.length > 0 && (
        <Section title="Open incidents">
          <ul className="rounded-lg border">
            {openIncidents.map((incident) => (
              <ListedIncident key={incident.id} incident={incident} slug={slug} />
            ))}
          </ul>
        </Section>
      )}
      {running.length > 0 && (
        <Section title="Maintenance in progress">
          <ul className="rounded-lg border">
            {running.map((window) => (
              <ListedWindow key={window.id} window={window} slug={slug} />
            ))}
          </ul>
        </Section>
      )}
      {bad.length + maintained.length > 0 && (
        <Section title={bad.length > 0 ? "Services not operational" : "Services under maintenance"}>
          <ul className="rounded-lg border">
            {[...bad, ...maintained].map((service) => (
              <ServiceItem key={service.id} service={service} slug={slug} />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Sentence({ status, bad, all }: { status: ServiceStatus; bad: number; all: number }) {
  return (
    <p className="mb-8 flex items-center gap-2.5 rounded-lg border bg-sunken px-3 py-3.5 font-medium last:mb-0">
      <StatusIcon status={all > 0 ? status : "none"} className="size-5" />
      {sentence(status, bad, all)}
    </p>
  );
}

function sentence(status: ServiceStatus, bad: number, all: number): string {
  if (all === 0) return "There is no service yet";
  if (bad === 0) return all === 1 ? "The only service is operational" : `All ${all} services are operational`;
  return `${bad} of ${all} ${all === 1 ? "service" : "services"} not operational, at worst: ${lookOf(status).word}`;
}

function ServiceItem({ service, slug }: { service: Service; slug: string }) {
  return (
    <li className="relative flex items-start gap-2.5 border-b px-3 py-2.5 last:border-b-0 hover:bg-hover">
      <StatusIcon status={service.status} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <Link
          href={`/${slug}/services/${service.id}`}
          className="wrap-anywhere font-medium after:absolute after:inset-0"
        >
          {service.name}
        </Link>
        <p className="flex flex-wrap gap-x-2 text-quiet text-xs">
          {service.status === service.base_status && <span>{lookOf(service.status).word}</span>}
          <Why service={service} slug={slug} />
          <UnderMaintenance service={service} slug={slug} />
        </p>
      </div>
    </li>
  );
}
