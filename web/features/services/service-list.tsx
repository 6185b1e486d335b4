"use client";
/** /services: what the page is about, in its order. */
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Skeleton } from "@/components/ui/skeleton";
import { KnownServices } from "@/features/services/known-services";
import { useShownOrder } from "@/features/services/use-order";
import { useServices } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

export function ServiceList() {
  const layout = useQuery(queries.layout(useOrganization()));
  const services = useServices();
  const order = useShownOrder(layout.data, services.data);
  if (order && services.data) return <KnownServices order={order} services={services.data} />;
  const error = layout.error ?? services.error;
  return (
    <>
      <PageHeading title="Services" />
      {error ? (
        <ErrorState error={error} retry={() => void Promise.all([layout.refetch(), services.refetch()])} />
      ) : (
        <div className="flex flex-col gap-1" aria-busy>
          {["w-40", "w-56", "w-32", "w-48"].map((width) => (
            <div key={width} className="flex h-11 items-center justify-between px-2 sm:h-10">
              <Skeleton className={`h-5 ${width}`} />
              <Skeleton className="h-5 w-24" />
            </div>
          ))}
        </div>
      )}
    </>
  );
}
