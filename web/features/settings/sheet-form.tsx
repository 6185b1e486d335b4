import type { ReactNode } from "react";
import { FormError } from "@/components/error-state";
import { FormEnd } from "@/components/sheet-end";
import type { Sending } from "@/lib/form";

interface Props {
  form: Sending;
  /** What its button says. */
  action: string;
  onCancel: () => void;
  children: ReactNode;
}

/** A form that is all of a sheet. */
export function SheetForm({ form, action, onCancel, children }: Props) {
  return (
    <form onSubmit={form.submit} noValidate className="flex flex-1 flex-col gap-4">
      {children}
      <div className="flex-1" />
      <FormEnd action={action} busy={form.formState.isSubmitting} onCancel={onCancel}>
        <FormError error={form.problem} />
      </FormEnd>
    </form>
  );
}
