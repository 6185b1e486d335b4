"use client";
/** /first-admin: the account and the organization of whoever installed Tidings, by the code that its first start prints. */
import { useRouter } from "next/navigation";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Email, Name, NewPassword } from "@/features/session/fields";
import { Frame } from "@/features/session/frame";
import { useCode } from "@/features/session/use-code";
import { useEnter } from "@/features/session/use-enter";
import { anybody, data } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";
import { slugOf } from "@/lib/paths";

export function FirstAdmin() {
  const code = useCode();
  return code === null ? null : <Form key={code} code={code} />;
}

function Form({ code }: { code: string }) {
  const router = useRouter();
  const enter = useEnter();
  const form = useSentForm({
    defaultValues: { token: code, name: "", email: "", password: "", organization: "" },
    send: async ({ organization, token, ...person }) => {
      const body = { ...person, token: token.trim(), organization: { name: organization, slug: slugOf(organization) } };
      enter(await data(anybody.POST("/api/identity/v1/first-admin", { body })));
      router.replace("/");
    },
  });
  return (
    <Frame title="Make the first admin" intro="Everybody else comes by invitation.">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        {(!code || form.errorOf("token")) && (
          <Field label="Code" hint="The first start of Tidings prints it." error={form.errorOf("token")}>
            <Input autoComplete="off" {...form.register("token", { required: "Paste the code." })} />
          </Field>
        )}
        <Name form={form} />
        <Email form={form} />
        <NewPassword form={form} />
        <Field label="Organization" hint="Visitors see it at the top of its page." error={form.errorOf("organization")}>
          <Input autoComplete="organization" {...form.register("organization", { required: "Type its name." })} />
        </Field>
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Create
        </Button>
      </form>
    </Frame>
  );
}
