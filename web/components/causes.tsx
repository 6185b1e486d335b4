/** Why a service is not as people set it, or worse than that: the open incidents that say so, each a link. */
import Link from "next/link";
import { Fragment } from "react";
import type { components } from "@/lib/api/catalog";
import { lookOf } from "@/lib/status";

type Service = components["schemas"]["ServiceView"];

/** "stays Major outage: Database down"; nothing where visitors see what was set. */
export function Why({ service, slug }: { service: Service; slug: string }) {
  const { status, base_status: set, causes } = service;
  if (status === set) return null;
  return (
    <span>
      {set === "operational" ? "" : `set to ${lookOf(set).word}, `}stays {lookOf(status).word}:{" "}
      <Links to={causes.filter((cause) => cause.status === status)} slug={slug} section="incidents" />
    </span>
  );
}

/** "under maintenance: Upgrade of the database". */
export function UnderMaintenance({ service, slug }: { service: Service; slug: string }) {
  if (!service.under_maintenance) return null;
  return (
    <span>
      under maintenance: <Links to={service.windows} slug={slug} section="maintenance" />
    </span>
  );
}

interface LinksProps {
  to: { id: string; title: string }[];
  slug: string;
  section: "incidents" | "maintenance";
}

function Links({ to, slug, section }: LinksProps) {
  return to.map(({ id, title }, index) => (
    <Fragment key={id}>
      {index > 0 && ", "}
      <Link
        href={`/${slug}/${section}/${id}`}
        // A finger's target is higher than the line, which keeps its height.
        className="wrap-anywhere relative text-accent underline touch:py-3.5"
      >
        {title}
      </Link>
    </Fragment>
  ));
}
