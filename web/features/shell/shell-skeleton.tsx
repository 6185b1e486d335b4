/** The shell before it is known whose it is, in its final layout. */
import { Skeleton } from "@/components/ui/skeleton";
import { PLACES } from "@/features/shell/navigation";

export function ShellSkeleton() {
  return (
    <div className="md:grid md:min-h-dvh md:grid-cols-[15rem_minmax(0,1fr)]" aria-busy>
      <div className="hidden h-dvh flex-col gap-4 border-r bg-sunken p-3 md:flex">
        <Skeleton className="h-8" />
        <Skeleton className="h-8" />
        <div className="flex flex-col gap-0.5">
          {PLACES.map(({ name }) => (
            <Skeleton key={name} className="h-8" />
          ))}
        </div>
      </div>
      <div className="flex h-13 items-center border-b px-2 md:hidden">
        <Skeleton className="h-8 w-40" />
      </div>
      <div className="px-4 pt-5 md:px-8 md:pt-7">
        <div className="mx-auto flex max-w-[68.75rem] flex-col gap-4">
          <Skeleton className="h-7 w-48" />
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </div>
      </div>
      <p role="status" className="sr-only">
        Loading
      </p>
    </div>
  );
}
