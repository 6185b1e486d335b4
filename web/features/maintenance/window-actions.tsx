"use client";
/** What can be done with a window as it is: the likeliest as buttons, the rest in a menu. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { ActionDialog } from "@/features/maintenance/action-dialog";
import type { Move } from "@/features/maintenance/actions";
import type { WindowView } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { ifMatch } from "@/lib/api/client";
import { asProblem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

// Forms are large, and most visits change nothing.
const EditWindow = dynamic(async () => (await import("@/features/maintenance/edit-sheet")).EditWindow, { ssr: false });
const EditSeries = dynamic(async () => (await import("@/features/maintenance/edit-sheet")).EditSeries, { ssr: false });
const MoveDialog = dynamic(async () => (await import("@/features/maintenance/move-dialog")).MoveDialog, { ssr: false });

type Doing = Move | "edit" | "edit-series" | "move" | "delete" | "delete-series";

export function WindowActions({ window, timeZone }: { window: WindowView; timeZone: string }) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const isScheduled = window.status === "scheduled";
  const isRunning = window.status === "in_progress";
  const close = () => setDoing(null);
  const item = (what: Doing, text: string, danger = false) => (
    <MenuItem danger={danger} onSelect={() => setDoing(what)}>
      {text}
    </MenuItem>
  );
  return (
    <div className="flex flex-wrap gap-2 max-sm:w-full">
      {isScheduled && <Button onClick={() => setDoing("start")}>Start now</Button>}
      {isScheduled && <Button onClick={() => setDoing("move")}>Move</Button>}
      {isRunning && (
        <Button kind="primary" onClick={() => setDoing("complete")}>
          Complete
        </Button>
      )}
      {isRunning && <Button onClick={() => setDoing("extend")}>Extend</Button>}
      {!window.series_id && <Button onClick={() => setDoing("edit")}>Edit</Button>}
      {(window.series_id || isScheduled || isRunning) && (
        <Menu>
          <MenuTrigger asChild>
            <Button size="icon" aria-label="More">
              <Ellipsis aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            {window.series_id && item("edit", "Edit this one")}
            {window.series_id && item("edit-series", "Edit the whole series")}
            {window.series_id && <MenuSeparator />}
            {isScheduled && item("extend", "Extend")}
            {(isScheduled || isRunning) && item("cancel", "Cancel maintenance", true)}
            {isScheduled && item("delete", "Delete", true)}
            {window.series_id && item("delete-series", "Delete the whole series", true)}
          </MenuContent>
        </Menu>
      )}
      {doing === "edit" && <EditWindow window={window} timeZone={timeZone} onClose={close} />}
      {doing === "edit-series" && window.series_id && (
        <EditSeries seriesId={window.series_id} timeZone={timeZone} onClose={close} />
      )}
      {doing === "move" && <MoveDialog window={window} timeZone={timeZone} onClose={close} />}
      {isMove(doing) && <ActionDialog move={doing} window={window} timeZone={timeZone} onClose={close} />}
      {(doing === "delete" || doing === "delete-series") && (
        <Deletion of={doing === "delete" ? "window" : "series"} window={window} onClose={close} />
      )}
    </div>
  );
}

function isMove(doing: Doing | null): doing is Move {
  return doing === "start" || doing === "complete" || doing === "extend" || doing === "cancel";
}

function Deletion({ of: what, window, onClose }: { of: "window" | "series"; window: WindowView; onClose: () => void }) {
  const { id: organizationId, slug, api } = useOrganization();
  const cache = useQueryClient();
  const router = useRouter();
  const deletion = useMutation({
    mutationFn: async () => {
      if (what === "series") {
        const params = { path: { series_id: window.series_id ?? "" } };
        await api.DELETE("/api/maintenance/v1/series/{series_id}", { params });
      } else {
        const params = { path: { maintenance_id: window.id } };
        const headers = ifMatch(window.version);
        await api.DELETE("/api/maintenance/v1/maintenances/{maintenance_id}", { params, headers });
      }
    },
    onSuccess: () => {
      router.push(`/${slug}/maintenance`);
      void cache.invalidateQueries({ queryKey: keys.maintenances(organizationId) });
      toast(what === "series" ? "The series is deleted" : "The window is deleted");
    },
    onError: (thrown) => {
      toast(`It is still there: ${asProblem(thrown).title}`, { kind: "failed" });
      void cache.invalidateQueries({ queryKey: keys.maintenance(organizationId, window.id) });
      onClose();
    },
  });
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={what === "series" ? "Delete the whole series" : `Delete “${window.title}”`}
      action={what === "series" ? "Delete series" : "Delete window"}
      busy={deletion.isPending}
      onConfirm={() => deletion.mutate()}
    >
      {what === "series"
        ? "Its windows that are ahead go too, but for those that somebody changed by themselves. What is over stays."
        : "It disappears from the page at once, as if it had never been planned. Cancel it instead to tell visitors."}
    </Confirm>
  );
}
