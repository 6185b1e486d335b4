"use client";
/** What can be done with an incident besides updating it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { Incident } from "@/features/incidents/content";
import { DetailsSheet } from "@/features/incidents/details-sheet";
import { Refusal } from "@/features/incidents/refusal";
import { useOrganization } from "@/features/shell/organization";
import { ifMatch } from "@/lib/api/client";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

export function IncidentMenu({ incident }: { incident: Incident }) {
  const [shown, setShown] = useState<"details" | "deletion" | null>(null);
  const close = () => setShown(null);
  return (
    <>
      <Button onClick={() => setShown("details")}>
        <Pencil aria-hidden /> <span className="max-sm:sr-only">Edit</span>
      </Button>
      <Menu>
        <MenuTrigger asChild>
          <Button size="icon" kind="quiet" aria-label="More">
            <MoreHorizontal aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem danger onSelect={() => setShown("deletion")}>
            <Trash2 aria-hidden /> Delete incident
          </MenuItem>
        </MenuContent>
      </Menu>
      {shown === "details" && <DetailsSheet incident={incident} onClose={close} />}
      {shown === "deletion" && <Deletion incident={incident} onClose={close} />}
    </>
  );
}

function Deletion({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { id, slug, api } = useOrganization();
  const cache = useQueryClient();
  const router = useRouter();
  const deletion = useMutation({
    mutationFn: () =>
      api.DELETE("/api/incidents/v1/incidents/{incident_id}", {
        params: { path: { incident_id: incident.id } },
        headers: ifMatch(incident.version),
      }),
    onSuccess: () => {
      toast(`“${incident.title}” is deleted`);
      void cache.invalidateQueries({ queryKey: keys.incidents(id) });
      router.replace(`/${slug}/incidents`);
    },
  });
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete “${incident.title}”?`}
      action="Delete incident"
      busy={deletion.isPending}
      onConfirm={() => deletion.mutate()}
    >
      <p>
        {incident.visibility === "public" ? "It vanishes from the page, for visitors and members. " : ""}
        What it put on services is lifted. This cannot be undone: to say that it is over, resolve it instead.
      </p>
      <Refusal error={deletion.error} />
    </Confirm>
  );
}
