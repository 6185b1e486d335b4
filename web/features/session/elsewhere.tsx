"use client";
/** What /sign-in shows when people sign in at an outside issuer: the way there, and why somebody was not let in. */
import { useState } from "react";
import { ErrorState, FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Frame } from "@/features/session/frame";
import { useSession } from "@/features/session/session";
import type { Auth } from "@/lib/auth";

export function Elsewhere({ to }: { to: string }) {
  const { current } = useSession();
  if (current.state === "unreachable") {
    return (
      <Frame title="Sign in">
        <ErrorState error={current.error} retry={current.retry} />
      </Frame>
    );
  }
  // Whether they are known at the issuer is asked there first: nothing to press until that is known.
  if (current.state !== "out") return null;
  const { auth, refusal } = current;
  return (
    <Frame title="Sign in" intro="Accounts and passwords are kept by your identity provider.">
      <FormError error={refusal} />
      <LeaveButton auth={auth} to={to} isKnown={refusal !== undefined} />
    </Frame>
  );
}

interface Props {
  auth: Auth;
  /** Where they come back to. */
  to: string;
  /** Whether the issuer knows them already: then it asks who they are all the same. */
  isKnown: boolean;
}

export function LeaveButton({ auth, to, isKnown }: Props) {
  const [isLeaving, setLeaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function leave() {
    setLeaving(true);
    try {
      await auth.leave?.(to, isKnown);
    } catch (thrown) {
      setLeaving(false);
      setError(thrown);
    }
  }
  return (
    <>
      <FormError error={error} />
      <Button kind={isKnown ? "plain" : "primary"} size="large" busy={isLeaving} onClick={() => void leave()}>
        {isKnown ? "Sign in as somebody else" : "Go on to sign in"}
      </Button>
    </>
  );
}
