"use client";
/** /sign-up: an account, and the code from the mail that confirms its address. */
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Email, MailedCode, Name, NewPassword, Password } from "@/features/session/fields";
import { Aside, Frame } from "@/features/session/frame";
import { useGoOn } from "@/features/session/guards";
import { useCode } from "@/features/session/use-code";
import { useEnter } from "@/features/session/use-enter";
import { anybody, data } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";
import { safePath, signInPath } from "@/lib/paths";

interface Account {
  name: string;
  email: string;
  password: string;
}

export function SignUp() {
  useGoOn();
  const to = safePath(useSearchParams().get("to")) ?? "/";
  const code = useCode();
  const [account, setAccount] = useState<Account | null>(null);
  if (code === null) return null;
  if (code) return <Confirm key={code} code={code} intro="Give the password that you chose." />;
  if (!account) return <Ask to={to} next={setAccount} />;
  const intro = `A mail with a link and a code is on its way to ${account.email}.`;
  return <Confirm password={account.password} intro={intro} back={() => setAccount(null)} />;
}

function Ask({ to, next }: { to: string; next: (account: Account) => void }) {
  const form = useSentForm<Account>({
    defaultValues: { name: "", email: "", password: "" },
    send: async (body) => {
      await anybody.POST("/api/identity/v1/accounts", { body });
      next(body);
    },
  });
  return (
    <Frame title="Create an account">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <Name form={form} hint="Colleagues see it beside what you do." />
        <Email form={form} />
        <NewPassword form={form} />
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Continue
        </Button>
      </form>
      <p className="text-quiet">
        Have an account? <Aside href={signInPath(to)}>Sign in</Aside>
      </p>
    </Frame>
  );
}

interface ConfirmProps {
  intro: string;
  /** From the mail's link. */
  code?: string;
  /** As it was just typed; whoever comes by the link types it again. */
  password?: string;
  back?: () => void;
}

function Confirm({ intro, code = "", password = "", back }: ConfirmProps) {
  const enter = useEnter();
  const form = useSentForm({
    defaultValues: { token: code, password },
    send: async (values) => {
      const body = { token: values.token.trim(), password: values.password };
      enter(await data(anybody.POST("/api/identity/v1/accounts/confirm", { body })));
    },
  });
  return (
    <Frame title="Confirm your address" intro={intro}>
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <MailedCode form={form} known={code} autoFocus />
        {!password && <Password form={form} />}
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Confirm
        </Button>
        {back && (
          <Button kind="quiet" onClick={back}>
            Use another address
          </Button>
        )}
      </form>
    </Frame>
  );
}
