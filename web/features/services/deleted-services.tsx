"use client";
/** Services that were deleted in the last 30 days, until somebody restores them. */
import { useQuery } from "@tanstack/react-query";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { useRestore } from "@/features/services/use-deleting";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

export function DeletedServices() {
  // When they cannot be had, nothing that is needed now is missing.
  const { data: deleted = [] } = useQuery(queries.deletedServices(useOrganization()));
  const { mutate, isPending, variables } = useRestore();
  if (deleted.length === 0) return null;
  return (
    <details className="mt-8">
      <summary className="w-fit py-1 text-quiet touch:py-3">
        {deleted.length} deleted {deleted.length === 1 ? "service" : "services"}
      </summary>
      <ul className="mt-1 flex flex-col gap-1">
        {deleted.map(({ id, name, deleted_at }) => (
          <li key={id} className="flex items-center gap-3 px-2">
            <span className="wrap-anywhere min-w-0 flex-1">{name}</span>
            {deleted_at && <Timestamp time={deleted_at} className="text-xs" />}
            <Button size="small" busy={isPending && variables.id === id} onClick={() => mutate({ id, name })}>
              Restore<span className="sr-only"> {name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
