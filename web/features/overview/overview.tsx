"use client";
/** /: what is wrong now, what comes next, and how it was. */
import { ExternalLink, Siren } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Checklist } from "@/features/overview/checklist";
import { NinetyDays } from "@/features/overview/ninety-days";
import { Now } from "@/features/overview/now";
import { PageLinks } from "@/features/overview/page-links";
import { type Known, useOverview } from "@/features/overview/use-overview";
import { NextWindows } from "@/features/overview/windows";
import { useOrganization } from "@/features/shell/organization";

export function Overview() {
  const { slug, may } = useOrganization();
  const { known, error, retry } = useOverview();
  return (
    <>
      <PageHeading title="Overview">
        <Button asChild kind="quiet">
          <a href={`/p/${slug}/`}>
            <ExternalLink aria-hidden /> <span className="max-sm:sr-only">Open the page</span>
          </a>
        </Button>
        {may("responder") && (
          <Button asChild kind="primary">
            <Link href={`/${slug}/incidents/new`}>
              <Siren aria-hidden /> New incident
            </Link>
          </Button>
        )}
      </PageHeading>
      {known ? <Parts known={known} /> : error ? <ErrorState error={error} retry={retry} /> : <Waiting />}
    </>
  );
}

function Parts({ known }: { known: Known }) {
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0">
        <Now known={known} />
        {!known.hasPublished && <Checklist services={known.services} />}
        <NinetyDays services={known.services} />
      </div>
      <div className="min-w-0">
        <NextWindows windows={known.next} />
        <PageLinks />
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]" aria-busy>
      <div className="flex flex-col gap-8">
        <Skeleton className="h-13" />
        <Skeleton className="h-52" />
      </div>
      <Skeleton className="h-52" />
    </div>
  );
}
