/** Fields of more than one form of somebody's account. */
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FormWith } from "@/lib/form";

export function Email({ form }: { form: FormWith<"email"> }) {
  return (
    <Field label="E-mail" error={form.errorOf("email")}>
      <Input
        type="email"
        autoComplete="username"
        {...form.register("email", { required: "Type your e-mail address." })}
      />
    </Field>
  );
}

export function Name({ form, ...props }: { form: FormWith<"name">; hint?: string; autoFocus?: boolean }) {
  const { hint, ...input } = props;
  return (
    <Field label="Your name" hint={hint} error={form.errorOf("name")}>
      <Input autoComplete="name" {...input} {...form.register("name", { required: "Type your name." })} />
    </Field>
  );
}

/** The password that somebody has. */
export function Password({ form }: { form: FormWith<"password"> }) {
  return (
    <Field label="Password" error={form.errorOf("password")}>
      <Input
        type="password"
        autoComplete="current-password"
        {...form.register("password", { required: "Type your password." })}
      />
    </Field>
  );
}

/** The form asks what it can; identity refuses what is easily guessed. */
export function NewPassword({ form }: { form: FormWith<"password"> }) {
  const rules = {
    required: "Choose a password.",
    minLength: { value: 12, message: "It takes 12 characters or more." },
  };
  return (
    <Field
      label="New password"
      hint="12 characters or more; a few words are easy to remember."
      error={form.errorOf("password")}
    >
      <Input type="password" autoComplete="new-password" {...form.register("password", rules)} />
    </Field>
  );
}

interface CodeProps {
  form: FormWith<"token">;
  /** What the link brought: whoever has that need not see it, unless it is refused. */
  known: string;
  autoFocus?: boolean;
}

export function MailedCode({ form, known, autoFocus }: CodeProps) {
  if (known && !form.errorOf("token")) return null;
  return (
    <Field label="Code from the mail" error={form.errorOf("token")}>
      <Input
        autoComplete="one-time-code"
        autoFocus={autoFocus}
        {...form.register("token", { required: "Paste the code." })}
      />
    </Field>
  );
}
