import { Skeleton } from "@/components/ui/skeleton";

/** The composer in its final layout. */
export function ComposerSkeleton() {
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]" aria-busy>
      <div className="flex flex-col gap-5">
        <Skeleton className="h-64" />
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
        <Skeleton className="h-32" />
      </div>
      <Skeleton className="h-48" />
    </div>
  );
}
