"use client";
import { Plus, Trash2 } from "lucide-react";
import { useFieldArray } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { PageValues } from "@/features/settings/page-values";
import type { SentForm } from "@/lib/form";

const LINKS_MAX = 10;

/** Links of the organization's own, in the order in which visitors see them. */
export function LinkFields({ form }: { form: SentForm<PageValues> }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "links" });
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field, index) => (
        <fieldset key={field.id} className="flex items-start gap-2">
          <legend className="sr-only">Link {index + 1}</legend>
          <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
            <Field label="Text" error={form.errorOf(`links.${index}.label`)}>
              <Input maxLength={200} {...form.register(`links.${index}.label`, { required: "Type what it says." })} />
            </Field>
            <Field label="Leads to" error={form.errorOf(`links.${index}.url`)}>
              <Input
                type="url"
                inputMode="url"
                placeholder="https://…"
                {...form.register(`links.${index}.url`, { required: "Type where it leads." })}
              />
            </Field>
          </div>
          <Button
            kind="quiet"
            size="icon"
            aria-label={`Remove link ${index + 1}`}
            className="mt-[1.6875rem] h-9"
            onClick={() => remove(index)}
          >
            <Trash2 aria-hidden />
          </Button>
        </fieldset>
      ))}
      {fields.length < LINKS_MAX && (
        <Button className="self-start" onClick={() => append({ label: "", url: "" })}>
          <Plus aria-hidden /> Add a link
        </Button>
      )}
    </div>
  );
}
