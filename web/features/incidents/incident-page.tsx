"use client";
/** /incidents/<id>: what is known of one incident, and what can be done about it. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { StatusIcon } from "@/components/status-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Incident } from "@/features/incidents/content";
import { Facts } from "@/features/incidents/facts";
import { IncidentMenu } from "@/features/incidents/incident-menu";
import { IncidentSkeleton } from "@/features/incidents/incident-skeleton";
import { PostmortemSection } from "@/features/incidents/postmortem";
import { PublishedNotice } from "@/features/incidents/published-notice";
import { Timeline } from "@/features/incidents/timeline";
import { UpdateForm } from "@/features/incidents/update-form";
import { useOrganization } from "@/features/shell/organization";
import { Problem } from "@/lib/problem";
import { queries } from "@/lib/queries";
import { lookOf } from "@/lib/status";

export function IncidentPage({ id }: { id: string }) {
  const organization = useOrganization();
  const { data: incident, error, refetch } = useQuery(queries.incident(organization, id));
  const list = `/${organization.slug}/incidents`;
  // What is gone is not shown on, however well it was known; what cannot be read just now is.
  const isGone = error instanceof Problem && error.status === 404;
  if (incident && !isGone) return <Known incident={incident} />;
  if (!error) return <IncidentSkeleton />;
  return (
    <>
      <BackLink />
      <PageHeading title="Incident" />
      <ErrorState error={error} {...(!isGone && { retry: () => void refetch() })}>
        <Button asChild>
          <Link href={list}>All incidents</Link>
        </Button>
      </ErrorState>
    </>
  );
}

function BackLink() {
  return (
    <Link
      href={`/${useOrganization().slug}/incidents`}
      className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-ink touch:min-h-11"
    >
      <ArrowLeft className="size-4" aria-hidden /> Incidents
    </Link>
  );
}

function Known({ incident }: { incident: Incident }) {
  const { may } = useOrganization();
  const mayChange = may("responder");
  return (
    <>
      <BackLink />
      <PageHeading
        title={
          <span className="flex items-start gap-2">
            <StatusIcon status={incident.status} className="mt-1.5 size-5" label={lookOf(incident.status).word} />
            <span className="wrap-anywhere min-w-0">
              {incident.title}
              {incident.visibility === "internal" && <Badge className="ml-2 align-middle">Members alone</Badge>}
            </span>
          </span>
        }
      >
        {mayChange && <IncidentMenu incident={incident} />}
      </PageHeading>
      <PublishedNotice incident={incident} />
      <div className="grid items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <Facts incident={incident} />
        <div className="flex min-w-0 flex-col gap-8">
          {mayChange && <UpdateForm incident={incident} />}
          <Timeline incident={incident} mayChange={mayChange} />
          <PostmortemSection incident={incident} mayChange={mayChange} />
        </div>
      </div>
    </>
  );
}
