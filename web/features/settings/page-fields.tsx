"use client";
/** The fields of the page's settings. */
import { TimeZoneSelect } from "@/components/time-zone-select";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { SwitchField } from "@/components/ui/switch";
import { AccentField } from "@/features/settings/accent-field";
import { LinkFields } from "@/features/settings/link-fields";
import type { PageValues } from "@/features/settings/page-values";
import { Section } from "@/features/settings/section";
import type { SentForm } from "@/lib/form";

interface Props {
  form: SentForm<PageValues>;
  /** Addresses that are free, when the one that was wished for is not. */
  proposals: string[];
}

export function PageFields({ form, proposals }: Props) {
  const { register, errorOf } = form;
  return (
    <>
      <Section title="What it is">
        <Field label="Name" hint="Visitors see it at the top of the page." error={errorOf("name")}>
          <Input maxLength={200} {...register("name", { required: "Type a name." })} />
        </Field>
        <AddressField form={form} proposals={proposals} />
        <Field label="About" hint="A few words at the foot of the page." error={errorOf("description")}>
          <Textarea className="min-h-16" {...register("description")} />
        </Field>
        <Field label="Time zone" hint="Where the days of the page begin." error={errorOf("time_zone")}>
          <TimeZoneSelect {...register("time_zone")} />
        </Field>
      </Section>
      <Section title="How it looks">
        <Field
          label="Light or dark"
          hint="The preview shows light unless your device is dark."
          error={errorOf("theme")}
        >
          <Select {...register("theme")}>
            <option value="system">As the visitor's device has it</option>
            <option value="light">Always light</option>
            <option value="dark">Always dark</option>
          </Select>
        </Field>
        <AccentField form={form} />
        <Field
          label="Logo"
          hint="The address of a picture; it takes the place of the name."
          error={errorOf("logo_url")}
        >
          <Input type="url" inputMode="url" placeholder="https://…" {...register("logo_url")} />
        </Field>
        <Field label="Icon of the tab" hint="The address of a small square picture." error={errorOf("favicon_url")}>
          <Input type="url" inputMode="url" placeholder="https://…" {...register("favicon_url")} />
        </Field>
      </Section>
      <Section title="Where it leads" intro="Links at the foot of the page.">
        <Field label="Support" hint="A page or a mail address." error={errorOf("support_url")}>
          <Input inputMode="url" placeholder="https://… or help@…" {...register("support_url")} />
        </Field>
        <LinkFields form={form} />
      </Section>
      <Section title="What it tells">
        <Field label="Days of history" hint="7 to 90." error={errorOf("history_days")}>
          <Input
            type="number"
            inputMode="numeric"
            min={7}
            max={90}
            className="w-24"
            {...register("history_days", {
              valueAsNumber: true,
              validate: (days) => (days >= 7 && days <= 90 && Number.isInteger(days)) || "Type a number from 7 to 90.",
            })}
          />
        </Field>
        <SwitchField
          label="Search engines may list it"
          checked={form.watch("search_engines_allowed")}
          onCheckedChange={(allowed) => form.setValue("search_engines_allowed", allowed, { shouldDirty: true })}
        />
      </Section>
    </>
  );
}

function AddressField({ form, proposals }: Props) {
  const { register, errorOf, setValue } = form;
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Address"
        hint={`The page is at /p/${form.watch("slug") || "…"}/, and the console moves with it. The former address leads on for 90 days.`}
        error={errorOf("slug")}
      >
        <Input autoCapitalize="none" spellCheck={false} {...register("slug", { required: "Choose an address." })} />
      </Field>
      {proposals.length > 0 && (
        <p className="flex flex-wrap items-center gap-2">
          Free are
          {proposals.map((proposal) => (
            <Button
              key={proposal}
              size="small"
              onClick={() => {
                setValue("slug", proposal, { shouldDirty: true });
                form.clearErrors("slug");
              }}
            >
              {proposal}
            </Button>
          ))}
        </p>
      )}
    </div>
  );
}
