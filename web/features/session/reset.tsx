"use client";
/** /reset: a new password by a code that comes by mail. */
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Email, MailedCode, NewPassword } from "@/features/session/fields";
import { Aside, Frame } from "@/features/session/frame";
import { useCode } from "@/features/session/use-code";
import { anybody } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";

export function Reset() {
  const code = useCode();
  const [email, setEmail] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  if (code === null) return null;
  if (isDone) {
    return (
      <Frame title="Your password is changed" intro="Everything that was signed in with the old one is signed out.">
        <Aside href="/sign-in">Sign in</Aside>
      </Frame>
    );
  }
  if (!email && !code) return <Ask next={setEmail} />;
  const intro = email ? `If ${email} has an account, a mail with a link and a code is on its way.` : undefined;
  return <Choose key={code} code={code} intro={intro} next={() => setDone(true)} />;
}

function Ask({ next }: { next: (email: string) => void }) {
  const form = useSentForm({
    defaultValues: { email: "" },
    send: async (body) => {
      await anybody.POST("/api/identity/v1/password/forgotten", { body });
      next(body.email);
    },
  });
  return (
    <Frame title="Choose a new password" intro="We send a code to your address.">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <Email form={form} />
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Send the code
        </Button>
      </form>
      <p>
        <Aside href="/sign-in">Back to sign in</Aside>
      </p>
    </Frame>
  );
}

function Choose({ code, intro, next }: { code: string; intro: string | undefined; next: () => void }) {
  const form = useSentForm({
    defaultValues: { token: code, password: "" },
    send: async ({ token, password }) => {
      await anybody.POST("/api/identity/v1/password/reset", { body: { token: token.trim(), password } });
      next();
    },
  });
  return (
    <Frame title="Choose a new password" intro={intro}>
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <MailedCode form={form} known={code} />
        <NewPassword form={form} />
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Change the password
        </Button>
      </form>
    </Frame>
  );
}
