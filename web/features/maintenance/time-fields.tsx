"use client";
/** When it begins and ends: wall time at the organization's place, and what that is for whoever types and in UTC. */
import { TriangleAlert } from "lucide-react";
import { Controller, type UseFormReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Values } from "@/features/maintenance/form-values";
import { weekdayOf } from "@/features/maintenance/recurrence";
import { cityInWords, dayAndHours, placeInWords } from "@/features/maintenance/words";
import { duration, fromLocalInput, ownTimeZone, toLocalInput } from "@/lib/time";

const HOUR_MS = 3_600_000;

interface Props {
  form: UseFormReturn<Values>;
  timeZone: string;
  /** What the first field is called: a series has a first start. */
  startLabel?: string;
}

export function TimeFields({ form, timeZone, startLabel = "Start" }: Props) {
  const [start, end] = form.watch(["scheduled_start", "scheduled_end"]);
  const errors = form.formState.errors;

  /** The end moves along: it lasts as long as before. */
  function moveTo(local: string, change: (local: string) => void) {
    change(local);
    const lasts = fromLocalInput(end, timeZone).getTime() - fromLocalInput(start, timeZone).getTime();
    const moved = fromLocalInput(local, timeZone).getTime() + lasts;
    if (!(lasts > 0) || Number.isNaN(moved)) return; // half typed
    form.setValue("scheduled_end", toLocalInput(new Date(moved), timeZone), { shouldDirty: true });
    const recurrence = form.getValues("recurrence");
    // Who chose no other days means the day on which it begins.
    if (recurrence?.weekdays.join() === weekdayOf(start.slice(0, 10))) {
      form.setValue("recurrence", { ...recurrence, weekdays: [weekdayOf(local.slice(0, 10))] }, { shouldDirty: true });
    }
  }

  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="sr-only">When, in {placeInWords(timeZone)}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        <Controller
          name="scheduled_start"
          control={form.control}
          rules={{ required: "Say when it begins." }}
          render={({ field: { onChange, ...field } }) => (
            <Field label={startLabel} error={errors.scheduled_start?.message}>
              <Input type="datetime-local" {...field} onChange={({ target }) => moveTo(target.value, onChange)} />
            </Field>
          )}
        />
        <Field label="End" error={errors.scheduled_end?.message}>
          <Input
            type="datetime-local"
            min={start}
            {...form.register("scheduled_end", {
              required: "Say when it ends.",
              validate: (end, { scheduled_start }) => end > scheduled_start || "It ends after it begins.",
            })}
          />
        </Field>
      </div>
      <BothTimes start={start} end={end} timeZone={timeZone} />
    </fieldset>
  );
}

/** The same time at the organization's place, in UTC, and where the reader is when that is elsewhere. */
export function BothTimes({ start, end, timeZone }: { start: string; end: string; timeZone: string }) {
  const times = { start: fromLocalInput(start, timeZone), end: fromLocalInput(end, timeZone) };
  const lasts = times.end.getTime() - times.start.getTime();
  if (!(lasts > 0)) return null; // nothing, or not all of it, is typed
  const own = ownTimeZone();
  const places = new Set([timeZone, own, "UTC"]);
  const notes = [start, end].flatMap((local) => noteOf(local, timeZone) ?? []);
  return (
    <div className="rounded-md bg-sunken px-3 py-2 text-xs" aria-live="polite">
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-x-3 gap-y-1">
        {[...places].map((place) => (
          <div key={place}>
            <dt className="text-quiet">
              {place === own ? `Your time, ${cityInWords(place)}` : placeInWords(place)}
              {place === timeZone && ` · ${duration(lasts)}`}
            </dt>
            <dd>{dayAndHours(times, place)}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p key={note} className="mt-1 flex gap-1.5 text-degraded">
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          {note}
        </p>
      ))}
    </div>
  );
}

/** Where clocks change there are times that never are, and some that are twice. */
function noteOf(local: string, timeZone: string): string | null {
  const moment = fromLocalInput(local, timeZone);
  const shown = toLocalInput(moment, timeZone);
  if (shown !== local) return `Clocks skip ${local.slice(11)} that day: ${shown.slice(11)} is meant.`;
  const isTwice = toLocalInput(new Date(moment.getTime() + HOUR_MS), timeZone) === local;
  return isTwice ? `Clocks show ${local.slice(11)} twice that day: the first is meant.` : null;
}
