"use client";
/** Instead of a service that is not there: that it was deleted, and its way back as long as there is one. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { useRestore } from "@/features/services/use-deleting";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

interface Props {
  id: string;
  /** That it is not there. */
  error: unknown;
  onRestored: () => void;
  /** The way back. */
  children: ReactNode;
}

export function GoneService({ id, error, onRestored, children }: Props) {
  const organization = useOrganization();
  const { data: deleted, isPending: isAsked } = useQuery(queries.deletedServices(organization));
  const { mutate: restore, isPending } = useRestore();
  const service = deleted?.find((each) => each.id === id);
  if (isAsked) return <PageHeading title="Service" />;
  if (!service) {
    return (
      <>
        <PageHeading title="Service" />
        <ErrorState error={error}>{children}</ErrorState>
      </>
    );
  }
  return (
    <>
      <PageHeading title={<span className="wrap-anywhere">{service.name}</span>} />
      <Empty
        title="This service was deleted"
        action={
          <div className="flex flex-wrap justify-center gap-2">
            {organization.may("admin") && (
              <Button kind="primary" busy={isPending} onClick={() => restore(service, { onSuccess: onRestored })}>
                Restore
              </Button>
            )}
            {children}
          </div>
        }
      >
        {service.deleted_at && (
          <>
            It is off the page since it was deleted <Timestamp time={service.deleted_at} />.{" "}
          </>
        )}
        Its history and its incidents are kept; for 30 days{" "}
        {organization.may("admin") ? "you can restore it" : "an admin can restore it"}, at its place.
      </Empty>
    </>
  );
}
