"use client";
/** The fields of a window, or of all windows of a series. */
import { Controller, type UseFormReturn } from "react-hook-form";
import { MarkdownField } from "@/components/markdown-field";
import { PagePreview } from "@/components/page-preview";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { BothTimes } from "@/features/maintenance/both-times";
import { ConflictNotice } from "@/features/maintenance/conflict-notice";
import { REMINDERS, type Values } from "@/features/maintenance/form-values";
import { RepeatFields } from "@/features/maintenance/repeat-fields";
import { ServiceChoice } from "@/features/maintenance/service-choice";
import { TimeFields } from "@/features/maintenance/time-fields";
import { minutesInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { fromLocalInput } from "@/lib/time";

interface Props {
  form: UseFormReturn<Values>;
  timeZone: string;
  of: "new" | "window" | "series";
  /** Of a window that exists. */
  id?: string;
  /** It has begun, so its times are not changed here. */
  hasBegun?: boolean;
  /** What stands for a rule that the form cannot show. */
  ruleInWords?: string | undefined;
}

export function WindowFields({ form, timeZone, of, id, hasBegun, ruleInWords }: Props) {
  const organization = useOrganization();
  const values = form.watch();
  const errorOf = (field: keyof Values) => form.getFieldState(field, form.formState).error?.message;
  const [start, end] = [values.scheduled_start, values.scheduled_end].map((local) => fromLocalInput(local, timeZone));
  const isTimed = start !== undefined && end !== undefined && start < end;
  return (
    <>
      <Field label="Title" error={errorOf("title")}>
        <Input maxLength={200} autoComplete="off" {...form.register("title", { required: "Say what is done." })} />
      </Field>
      <Controller
        name="services"
        control={form.control}
        render={({ field }) => <ServiceChoice value={field.value} onChange={field.onChange} />}
      />
      {hasBegun ? (
        <BothTimes start={values.scheduled_start} end={values.scheduled_end} timeZone={timeZone} />
      ) : (
        <TimeFields form={form} timeZone={timeZone} startLabel={of === "series" ? "First start" : "Start"} />
      )}
      {ruleInWords && <p className="text-quiet">{ruleInWords}</p>}
      {of !== "window" && !ruleInWords && (
        <Controller
          name="recurrence"
          control={form.control}
          render={({ field, fieldState }) => (
            <RepeatFields
              value={field.value}
              onChange={field.onChange}
              firstStart={values.scheduled_start}
              timeZone={timeZone}
              error={fieldState.error?.message}
              isSeries={of === "series"}
            />
          )}
        />
      )}
      {isTimed && <ConflictNotice id={id} start={start} end={end} serviceIds={values.services} />}
      <MarkdownField
        label="What is done, and what visitors will notice"
        error={errorOf("description")}
        value={values.description}
        {...form.register("description")}
      />
      <Controller
        name="reminder_minutes"
        control={form.control}
        render={({ field }) => <Reminders value={field.value} onChange={field.onChange} />}
      />
      <ByItself form={form} />
      <Field label="Who sees it">
        <Select {...form.register("visibility")}>
          <option value="public">Everybody, on the page</option>
          <option value="internal">Members only</option>
        </Select>
      </Field>
      {values.visibility === "public" && (
        <section aria-label="Preview" className="flex flex-col gap-1.5">
          <h3 className="font-medium">As visitors will see it</h3>
          <PagePreview
            of={organization}
            typed={
              values.title.trim() && isTimed
                ? {
                    kind: "maintenance",
                    status: "scheduled",
                    title: values.title,
                    description: values.description,
                    scheduled_start: start.toISOString(),
                    scheduled_end: end.toISOString(),
                    services: values.services.map((service_id) => ({ service_id })),
                    updates: [],
                  }
                : null
            }
          >
            It shows once there is a title and a time.
          </PagePreview>
        </section>
      )}
    </>
  );
}

function Reminders({ value, onChange }: { value: number[]; onChange: (value: number[]) => void }) {
  // Other systems may have set others, which stay until they are taken out.
  const choices = [...new Set([...REMINDERS, ...value])].sort((a, b) => a - b);
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Remind subscribers before it begins</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {choices.map((minutes) => (
          <label key={minutes} className="inline-flex cursor-pointer items-center gap-2 touch:min-h-11">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={value.includes(minutes)}
              onChange={({ target }) =>
                onChange(choices.filter((each) => (each === minutes ? target.checked : value.includes(each))))
              }
            />
            {minutesInWords(minutes)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function ByItself({ form }: { form: UseFormReturn<Values> }) {
  const names = { starts_by_itself: "Starts by itself", completes_by_itself: "Completes by itself" } as const;
  return (
    <div className="flex flex-col gap-2">
      {(["starts_by_itself", "completes_by_itself"] as const).map((name) => (
        <Controller
          key={name}
          name={name}
          control={form.control}
          render={({ field }) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is its control
            <label className="flex cursor-pointer items-center gap-3 touch:min-h-11">
              <Switch checked={field.value} onCheckedChange={field.onChange} />
              {names[name]}
            </label>
          )}
        />
      ))}
    </div>
  );
}
