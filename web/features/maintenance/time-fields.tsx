"use client";
/** When it begins and ends: wall time at the organization's place, and what that is for whoever types and in UTC. */
import { Controller, type UseFormReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { BothTimes } from "@/features/maintenance/both-times";
import type { Values } from "@/features/maintenance/form-values";
import { weekdayOf } from "@/features/maintenance/recurrence";
import { placeInWords } from "@/features/maintenance/words";
import { fromLocalInput, toLocalInput } from "@/lib/time";

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
