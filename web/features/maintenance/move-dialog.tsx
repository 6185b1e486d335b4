"use client";
/** Moves a window that has not begun: from when, to when, at the organization's place, the reader's and in UTC. */
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Actions, Dialog, DialogContent } from "@/components/ui/dialog";
import { ConflictNotice } from "@/features/maintenance/conflict-notice";
import type { WindowView } from "@/features/maintenance/queries";
import { TimeFields } from "@/features/maintenance/time-fields";
import { useWindowChanges } from "@/features/maintenance/use-window-changes";
import { audienceInWords, dayAndHours, placeInWords } from "@/features/maintenance/words";
import { fromLocalInput } from "@/lib/time";
import { mayLeave } from "@/lib/unsaved";

interface Props {
  window: WindowView;
  timeZone: string;
  onClose: () => void;
}

export function MoveDialog({ window: kept, timeZone, onClose }: Props) {
  const { form, isDirty, clashes, keepMine, takeTheirs } = useWindowChanges(kept, timeZone, onClose);
  const close = () => (!isDirty || mayLeave()) && onClose();
  const [start, end] = form.watch(["scheduled_start", "scheduled_end"]);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Move “${kept.title}”`}
        description={`Now it is planned for ${dayAndHours({ start: kept.scheduled_start, end: kept.scheduled_end }, timeZone)} ${placeInWords(timeZone)}.`}
      >
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
          <TimeFields form={form} timeZone={timeZone} />
          <ConflictNotice
            id={kept.id}
            start={fromLocalInput(start, timeZone)}
            end={fromLocalInput(end, timeZone)}
            serviceIds={kept.services.map(({ service_id }) => service_id)}
          />
          <p className="text-quiet">
            {audienceInWords(kept.visibility)}
            {kept.series_id && " The rest of the series stays where it is."}
          </p>
          {clashes.length > 0 ? (
            <Conflict clashes={clashes} onKeepMine={keepMine} onTakeTheirs={takeTheirs} />
          ) : (
            <FormError error={form.problem} />
          )}
          <Actions>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" kind="primary" busy={form.formState.isSubmitting}>
              Move
            </Button>
          </Actions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
