"use client";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { COLOR, noteOn } from "@/features/settings/contrast";
import type { PageValues } from "@/features/settings/page-values";
import type { SentForm } from "@/lib/form";

const USUAL = "#0b57b0";

/** The colour of links, by hand or by the browser's own choice of colours. */
export function AccentField({ form }: { form: SentForm<PageValues> }) {
  const color = form.watch("accent_color");
  const set = (chosen: string) => form.setValue("accent_color", chosen, { shouldDirty: true, shouldValidate: true });
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <Field
          label="Colour of links"
          hint={noteOn(color) ?? "Such as #4c53cf. Without one they are blue."}
          error={form.errorOf("accent_color")}
        >
          <Input
            autoCapitalize="none"
            spellCheck={false}
            className="font-mono"
            {...form.register("accent_color", {
              validate: (typed) => typed === "" || COLOR.test(typed) || "Type it as #rrggbb.",
            })}
          />
        </Field>
      </div>
      <input
        type="color"
        aria-label="Choose the colour of links"
        value={COLOR.test(color) ? color.toLowerCase() : USUAL}
        onChange={({ target }) => set(target.value)}
        className="mt-[1.6875rem] h-9 w-11 shrink-0 rounded-md border border-line-strong bg-ground p-1 touch:h-11"
      />
      {color !== "" && (
        <Button kind="quiet" className="mt-[1.6875rem] h-9" onClick={() => set("")}>
          Clear
        </Button>
      )}
    </div>
  );
}
