"use client";
/** The last days at a glance: all public services as one, and by themselves those that were away the longest. */
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { DayBars } from "@/components/day-bars";
import { ErrorState } from "@/components/error-state";
import { Section } from "@/components/section";
import type { Service } from "@/features/overview/use-overview";
import { useOrganization } from "@/features/shell/organization";
import { type Days, isBad, publicDays, worstOfEach } from "@/lib/days";
import { queries } from "@/lib/queries";

/** At a glance: more are on the page itself. */
const SHOWN = 5;

export function NinetyDays({ services }: { services: Service[] }) {
  const { data: page, error, refetch } = useQuery(queries.publicPage(useOrganization()));
  if (services.every(({ visibility }) => visibility === "internal")) return null;
  const known = page && publicDays(page);
  return (
    <Section title={`Last ${worstOfEach(known?.values() ?? []).length || 90} days`}>
      {known ? (
        <AllDays known={known} services={services} />
      ) : (
        <ErrorState error={error} retry={() => void refetch()} />
      )}
    </Section>
  );
}

function AllDays({ known, services }: { known: Map<string, Days>; services: Service[] }) {
  const { slug } = useOrganization();
  const together = worstOfEach(known.values());
  if (together.length === 0) return <p className="text-quiet">They are counted from now on.</p>;
  const worst = services
    .flatMap((service) => {
      const days = known.get(service.id);
      return days ? [{ service, days }] : [];
    })
    .filter(({ days }) => days.days.some(({ kind }) => isBad(kind)))
    .sort((one, other) => (one.days.percentage ?? 100) - (other.days.percentage ?? 100))
    .slice(0, SHOWN);
  return (
    <>
      <h3 className="mb-1 font-medium">All public services</h3>
      <DayBars label="all public services" days={together} percentage={null} />
      {worst.length > 0 && (
        <ul className="mt-5 flex flex-col gap-4">
          {worst.map(({ service, days }) => (
            <li key={service.id}>
              <Link
                href={`/${slug}/services/${service.id}`}
                className="wrap-anywhere mb-1 inline-block font-medium hover:underline touch:min-w-11 touch:py-3"
              >
                {service.name}
              </Link>
              <DayBars label={service.name} days={days.days} percentage={days.percentage} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
