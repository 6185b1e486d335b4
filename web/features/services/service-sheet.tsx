"use client";
/** Creates a service, or changes what is said of one. */
import type { ReactNode } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { FormEnd } from "@/components/sheet-end";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import type { Values } from "@/features/services/service-form";
import { useCreate, useSave } from "@/features/services/use-saving";
import type { Service } from "@/features/services/use-status";
import type { SentForm } from "@/lib/form";
import { useClosing } from "@/lib/unsaved";

interface CreateProps {
  groups: { id: string; names: string[] }[];
  /** Where it is to stand; empty: beside all groups. */
  group: string;
  onClose: () => void;
}

export function CreateService({ groups, group, onClose }: CreateProps) {
  const form = useCreate(group, onClose);
  return (
    <FormSheet
      title="New service"
      form={form}
      action="Create"
      error={<FormError error={form.problem} />}
      onClose={onClose}
    >
      <Fields form={form} />
      {groups.length > 0 && (
        <Field label="Group">
          <Select {...form.register("group")}>
            <option value="">None</option>
            {groups.map(({ id, names }) => (
              <option key={id} value={id}>
                {names.join(" / ")}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </FormSheet>
  );
}

export function EditService({ service, onClose }: { service: Service; onClose: () => void }) {
  const { form, clashes, keepMine, takeTheirs } = useSave(service, onClose);
  return (
    <FormSheet
      title={`Edit ${service.name}`}
      form={form}
      action="Save"
      error={
        clashes.length > 0 ? (
          <Conflict clashes={clashes} onKeepMine={keepMine} onTakeTheirs={takeTheirs} />
        ) : (
          <FormError error={form.problem} />
        )
      }
      onClose={onClose}
    >
      <Fields form={form} />
    </FormSheet>
  );
}

interface FormSheetProps {
  title: string;
  form: SentForm<Values>;
  action: string;
  /** What keeps it from being saved. */
  error: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

function FormSheet({ title, form, action, error, onClose, children }: FormSheetProps) {
  const { isDirty, isSubmitting } = form.formState;
  const close = useClosing(isDirty && !isSubmitting, onClose);
  return (
    <Sheet open onOpenChange={close}>
      <SheetContent title={title}>
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
          {children}
          <FormEnd action={action} busy={isSubmitting} onCancel={close}>
            {error}
          </FormEnd>
        </form>
      </SheetContent>
    </Sheet>
  );
}

function Fields({ form }: { form: SentForm<Values> }) {
  const isInternal = form.watch("visibility") === "internal";
  return (
    <>
      <Field label="Name" hint="As your customers call it." error={form.errorOf("name")}>
        <Input
          autoComplete="off"
          maxLength={200}
          {...form.register("name", { validate: (name) => name.trim() !== "" || "Type its name." })}
        />
      </Field>
      <Field label="Description" hint="A few words, or nothing." error={form.errorOf("description")}>
        <Textarea className="min-h-16" {...form.register("description")} />
      </Field>
      <Field
        label="Who sees it"
        hint={
          isInternal
            ? "Nothing that is public tells of it: neither the page nor its incidents."
            : "It is on your page, with its history."
        }
        error={form.errorOf("visibility")}
      >
        <Select {...form.register("visibility")}>
          <option value="public">Everybody</option>
          <option value="internal">Members only</option>
        </Select>
      </Field>
      <Field
        label="First day"
        hint="Before it, the page says nothing of the service. Left empty, it is the day of its creation."
        error={form.errorOf("start_date")}
      >
        <Input type="date" {...form.register("start_date")} />
      </Field>
    </>
  );
}
