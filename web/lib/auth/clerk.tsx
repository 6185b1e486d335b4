"use client";
/**
 * The driver for Clerk, which is loaded only with TIDINGS_CONSOLE_AUTH=clerk. Clerk's own script comes from Clerk's hosts:
 * without them it cannot run, and it was never run against them. Its types are checked, and its tests have a fake.
 */
import { ClerkProvider, useAuth, useClerk } from "@clerk/nextjs";
import { type ReactNode, useEffect } from "react";
import type { Auth, Session } from "@/lib/auth";
import { belongingBy } from "@/lib/auth/outside";
import { Problem, unreachable } from "@/lib/problem";

type RealClerk = ReturnType<typeof useClerk>;

/** What the driver uses of Clerk's object, which fakes have too. */
export interface Clerk {
  session?: { getToken: (options: { organizationId?: string; skipCache?: boolean }) => Promise<string | null> } | null;
  user?: {
    fullName: string | null;
    primaryEmailAddress: { emailAddress: string } | null;
    organizationMemberships: { organization: { id: string } }[];
  } | null;
  signOut: (options: { redirectUrl: string }) => Promise<void>;
  redirectToSignIn: (options: { signInForceRedirectUrl: string }) => Promise<unknown>;
}

const PATIENCE_MS = 15_000;

let handOver: (clerk: RealClerk) => void;
const loaded = new Promise<RealClerk>((resolve) => {
  handOver = resolve;
});

/** Surrounds every page, as Clerk wants it. */
export function ClerkPages({ publishableKey, nonce, children }: ClerkPagesProps) {
  return (
    <ClerkProvider publishableKey={publishableKey} nonce={nonce} telemetry={false} prefetchUI={false}>
      <HandOver />
      {children}
    </ClerkProvider>
  );
}

interface ClerkPagesProps {
  publishableKey: string;
  nonce: string;
  children: ReactNode;
}

function HandOver() {
  const clerk = useClerk();
  const { isLoaded } = useAuth();
  useEffect(() => {
    if (isLoaded) handOver(clerk);
  }, [clerk, isLoaded]);
  return null;
}

export class ClerkAuth implements Auth {
  readonly kind = "clerk";
  readonly managesMembers = false;

  constructor(
    readonly membersUrl: string | null,
    private readonly clerk: Promise<Clerk> = loaded,
  ) {}

  async restore(): Promise<Session | null> {
    const { user } = await this.present();
    if (!user) return null;
    const belongings = await Promise.all(
      user.organizationMemberships.map(({ organization: { id } }) => belongingBy((refused) => this.token(id, refused))),
    );
    const person = belongings[0]?.person;
    return {
      person: {
        id: person?.id ?? "",
        name: user.fullName ?? person?.name ?? "",
        email: user.primaryEmailAddress?.emailAddress ?? "",
      },
      organizations: belongings.map(({ organization }) => organization),
    };
  }

  /** Clerk keeps it, and renews it before it ends. */
  async token(organizationId: string, refused?: string): Promise<string> {
    const { session } = await this.present();
    const token = await session?.getToken({ organizationId, skipCache: refused !== undefined });
    if (token) return token;
    const title = "You are not signed in any more";
    throw new Problem("refused", 401, "signed-out", title, "Reload this page to sign in.", [], "none", undefined);
  }

  async signOut(): Promise<null> {
    await (await this.present()).signOut({ redirectUrl: "/sign-in" });
    return null;
  }

  readonly leave = async (to: string): Promise<never> => {
    await (await this.present()).redirectToSignIn({ signInForceRedirectUrl: window.location.origin + to });
    return new Promise(() => undefined); // until the page is another one
  };

  private present(): Promise<Clerk> {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(unreachable("none")), PATIENCE_MS));
    return Promise.race([this.clerk, late]);
  }
}
