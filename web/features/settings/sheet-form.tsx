import type { ReactNode } from "react";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { SheetClose } from "@/components/ui/sheet";
import type { Sending } from "@/lib/form";

interface Props {
  form: Sending;
  /** What its button says. */
  action: string;
  children: ReactNode;
}

/** A form that is all of a sheet, with the two ways out below its fields. */
export function SheetForm({ form, action, children }: Props) {
  return (
    <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
      {children}
      <FormError error={form.problem} />
      <Actions>
        <SheetClose asChild>
          <Button>Cancel</Button>
        </SheetClose>
        <Button type="submit" kind="primary" busy={form.formState.isSubmitting}>
          {action}
        </Button>
      </Actions>
    </form>
  );
}
