import { Skeleton } from "@/components/ui/skeleton";

/** An incident's page in its final layout. */
export function IncidentSkeleton() {
  return (
    <div aria-busy>
      <Skeleton className="mb-3 h-5 w-20" />
      <Skeleton className="mb-5 h-8 w-2/3" />
      <div className="grid items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <Skeleton className="h-40 lg:order-last" />
        <div className="flex flex-col gap-8">
          <Skeleton className="h-56" />
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </div>
      </div>
    </div>
  );
}
