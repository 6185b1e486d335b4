import { Skeleton } from "@/components/ui/skeleton";
import { MONTH_HEIGHT } from "@/features/maintenance/month-grid";
import { cn } from "@/lib/cn";

/** Where the month, or on a phone the agenda, will be. */
export function CalendarSkeleton() {
  return (
    <>
      <Skeleton className={cn("hidden rounded-lg md:block", MONTH_HEIGHT)} />
      <div className="flex flex-col gap-2 md:hidden">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
      <p role="status" className="sr-only">
        Loading
      </p>
    </>
  );
}
