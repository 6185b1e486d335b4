"use client";
/** /sign-in: our own form, or the way to that of an outside issuer. */
import { useSearchParams } from "next/navigation";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Elsewhere } from "@/features/session/elsewhere";
import { Email, Password } from "@/features/session/fields";
import { Aside, Frame } from "@/features/session/frame";
import { useGoOn } from "@/features/session/guards";
import { useSession } from "@/features/session/session";
import { useEnter } from "@/features/session/use-enter";
import { anybody, data } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";
import { safePath } from "@/lib/paths";

export function SignIn() {
  useGoOn();
  const { kind } = useSession();
  const to = safePath(useSearchParams().get("to")) ?? "/";
  return kind === "local" ? <Form to={to} /> : <Elsewhere to={to} />;
}

function Form({ to }: { to: string }) {
  const enter = useEnter();
  const form = useSentForm({
    defaultValues: { email: "", password: "" },
    send: async (values) => enter(await data(anybody.POST("/api/identity/v1/session", { body: values }))),
  });
  const query = to === "/" ? "" : `?to=${encodeURIComponent(to)}`;
  return (
    <Frame title="Sign in">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <Email form={form} />
        <Password form={form} />
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Sign in
        </Button>
      </form>
      <p className="text-quiet">
        <Aside href={`/reset${query}`}>Forgot your password?</Aside>
        <br />
        New here? <Aside href={`/sign-up${query}`}>Create an account</Aside>
      </p>
    </Frame>
  );
}
