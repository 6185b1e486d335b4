"use client";
/** Settings of the page: admins change them beside a preview, everybody else reads them. */
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { Domains } from "@/features/settings/domains";
import { PageForm } from "@/features/settings/page-form";
import { FIELD_NAMES, FIELDS, type PageSettings, said, valuesOf } from "@/features/settings/page-values";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

export function Page() {
  const organization = useOrganization();
  const { data: page, error, refetch } = useQuery(queries.page(organization));
  if (error && !page) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!page) return <PageSkeleton />;
  if (!organization.may("admin")) return <Facts page={page} />;
  return (
    <>
      <PageForm page={page} />
      <div className="mt-12 border-t pt-8">
        <Domains />
      </div>
    </>
  );
}

function Facts({ page }: { page: PageSettings }) {
  const values = valuesOf(page);
  return (
    <>
      <p className="mb-4 text-quiet">Admins of the organization change these.</p>
      <dl className="grid max-w-2xl gap-x-6 sm:grid-cols-[10rem_minmax(0,1fr)]">
        {FIELDS.map((field) => (
          <div key={field} className="border-b py-2 sm:col-span-2 sm:grid sm:grid-cols-subgrid">
            <dt className="text-quiet">{FIELD_NAMES[field]}</dt>
            <dd className="wrap-anywhere whitespace-pre-wrap">{said(values[field]) || "None"}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function PageSkeleton() {
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_24rem]" aria-busy>
      <div className="flex flex-col gap-6">
        <Skeleton className="h-96" />
        <Skeleton className="h-72" />
      </div>
      <Skeleton className="h-128" />
    </div>
  );
}
