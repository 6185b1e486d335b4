"use client";
/** Asks before a service is deleted, and says what stays. */
import { Confirm } from "@/components/confirm";
import { useDelete } from "@/features/services/use-deleting";
import type { Service } from "@/features/services/use-status";

interface Props {
  service: Service;
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeleteService({ service, onClose, onDeleted }: Props) {
  const { mutate, isPending } = useDelete({
    onDeleted: () => {
      onClose();
      onDeleted?.();
    },
  });
  const count = service.causes.length;
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${service.name}?`}
      action="Delete the service"
      busy={isPending}
      onConfirm={() => mutate(service)}
    >
      {service.visibility === "public" && <p>Visitors do not see it any more.</p>}
      <p>Its history stays, and so do its incidents. For 30 days you can restore it, at its place.</p>
      {count > 0 && (
        <p className="mt-2">
          {count === 1 ? "An open incident names it and goes on" : `${count} open incidents name it and go on`} without
          it.
        </p>
      )}
    </Confirm>
  );
}
