"use client";
/** Asks before a window is started, completed, extended or cancelled, says who sees it, and lets something be said with it. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { Button } from "@/components/ui/button";
import { Actions, Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { type Move, useMove } from "@/features/maintenance/actions";
import type { WindowView } from "@/features/maintenance/queries";
import { audienceInWords, dayAndHours, minutesInWords, placeInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { asProblem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

const WORDS: Record<Move, { title: string; action: string; done: string }> = {
  start: { title: "Start it now", action: "Start now", done: "Maintenance is in progress" },
  complete: { title: "Complete it", action: "Complete", done: "Maintenance is completed" },
  extend: { title: "Extend it", action: "Extend", done: "Maintenance is extended" },
  cancel: { title: "Cancel it", action: "Cancel maintenance", done: "Maintenance is cancelled" },
};
const EXTENSIONS = [30, 60, 120];

interface Props {
  move: Move;
  window: WindowView;
  timeZone: string;
  onClose: () => void;
}

export function ActionDialog({ move, window, timeZone, onClose }: Props) {
  const { id: organizationId } = useOrganization();
  const cache = useQueryClient();
  const [message, setMessage] = useState("");
  const [minutes, setMinutes] = useState(30);
  const request = useRef({ text: "", key: "" });
  const { title, action, done } = WORDS[move];
  const made = useMove(move);
  const end = new Date(new Date(window.scheduled_end).getTime() + minutes * 60_000);

  async function make() {
    // What is sent again after a lost answer is the same request; with another text it is another one.
    const text = JSON.stringify([message, minutes]);
    if (request.current.text !== text) request.current = { text, key: crypto.randomUUID() };
    const { key } = request.current;
    try {
      await made.mutateAsync({ window, message, key, ...(move === "extend" && { end }) });
      toast(done);
      onClose();
    } catch (thrown) {
      // Somebody was faster: what is shown becomes what is, for whoever decides again.
      const isOutdated = [404, 409, 412].includes(asProblem(thrown).status);
      if (isOutdated) void cache.invalidateQueries({ queryKey: keys.maintenance(organizationId, window.id) });
    }
  }

  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent title={`${title}: ${window.title}`} description={audienceInWords(window.visibility)}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!made.isPending) void make();
          }}
        >
          {move === "start" && window.status === "scheduled" && (
            <p>
              It was planned for {dayAndHours({ start: window.scheduled_start, end: window.scheduled_end }, timeZone)},
              and ends then as planned.
            </p>
          )}
          {move === "extend" && (
            <>
              <Field label="Longer by">
                <Select value={minutes} onChange={({ target }) => setMinutes(Number(target.value))}>
                  {EXTENSIONS.map((each) => (
                    <option key={each} value={each}>
                      {minutesInWords(each)}
                    </option>
                  ))}
                </Select>
              </Field>
              <NewEnd end={end} window={window} timeZone={timeZone} />
            </>
          )}
          {move === "cancel" && window.series_id && <p>The other windows of the series stay planned.</p>}
          <MarkdownField
            label="Say something with it, if you like"
            value={message}
            onChange={({ target }) => setMessage(target.value)}
          />
          <FormError error={made.error} />
          <Actions>
            <Button onClick={onClose}>Keep it as it is</Button>
            <Button type="submit" kind={move === "cancel" ? "danger" : "primary"} busy={made.isPending}>
              {action}
            </Button>
          </Actions>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function NewEnd({ end, window, timeZone }: { end: Date; window: WindowView; timeZone: string }) {
  const times = { start: window.scheduled_start, end };
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 rounded-md bg-sunken px-3 py-2 text-xs">
      {[...new Set([timeZone, "UTC"])].map((place) => (
        <div key={place} className="contents">
          <dt className="text-quiet">{placeInWords(place)}</dt>
          <dd>{dayAndHours(times, place)}</dd>
        </div>
      ))}
    </dl>
  );
}
