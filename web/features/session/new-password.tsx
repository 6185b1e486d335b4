import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** What the form itself asks of a new password; identity refuses what is easily guessed. */
export const NEW_PASSWORD = {
  required: "Choose a password.",
  minLength: { value: 12, message: "It takes 12 characters or more." },
};

export function NewPassword({ error, register }: { error: string | undefined; register: UseFormRegisterReturn }) {
  return (
    <Field label="New password" hint="12 characters or more; a few words are easy to remember." error={error}>
      <Input type="password" autoComplete="new-password" {...register} />
    </Field>
  );
}
