"use client";
/** /invitation: join an organization by the code from a mail. The mail's link brings it. */
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { MailedCode, Name, NewPassword } from "@/features/session/fields";
import { Frame } from "@/features/session/frame";
import { useSession } from "@/features/session/session";
import { useCode } from "@/features/session/use-code";
import { useEnter } from "@/features/session/use-enter";
import { anybody } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";
import { Problem } from "@/lib/problem";

export function Invitation() {
  const code = useCode();
  return code === null ? null : <Form key={code} code={code} />;
}

function Form({ code }: { code: string }) {
  const router = useRouter();
  const { reload } = useSession();
  const enter = useEnter();
  // Whether the address has an account is known to who has the code alone, so it is asked for with the code.
  const [needsAccount, setNeedsAccount] = useState(false);
  const form = useSentForm({
    defaultValues: { token: code, name: "", password: "" },
    send: async ({ token, name, password }) => {
      const body = { token: token.trim(), ...(needsAccount && { name, password }) };
      try {
        const { data: access } = await anybody.POST("/api/identity/v1/invitations/accept", { body });
        if (access) enter(access);
        // Their account is a member now: whether this browser is signed in with it, it finds out.
        else await reload();
        router.replace("/");
      } catch (thrown) {
        if (!(thrown instanceof Problem && thrown.type === "account-needed" && !needsAccount)) throw thrown;
        setNeedsAccount(true);
      }
    },
  });
  return (
    <Frame title="Join an organization" intro={code ? undefined : "The code is in the mail that invited you."}>
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <MailedCode form={form} known={code} />
        {needsAccount && (
          <>
            <p role="status">You have no account yet: choose a name and a password.</p>
            <Name form={form} autoFocus />
            <NewPassword form={form} />
          </>
        )}
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Join
        </Button>
      </form>
    </Frame>
  );
}
