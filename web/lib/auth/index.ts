/** Who is signed in, whichever issuer says so. Tokens are in memory only. */
import type { components } from "@/lib/api/identity";

export type Role = components["schemas"]["RoleName"];

export interface Organization {
  id: string;
  name: string;
  role: Role;
  /** The address of its page and of its console. Null in the moment before its page is there. */
  slug: string | null;
}

export interface Session {
  person: { id: string; name: string; email: string };
  organizations: Organization[];
}

/** The type of the problem of whoever signed in at an outside issuer and may not come in all the same. */
export const NOT_LET_IN = "not-let-in";

/** For how long a token is good that is given out. */
export const SPARE_MS = 30_000;

export interface Auth {
  kind: AuthSettings["kind"];
  /** Silently. Null when nobody is signed in; throws when that cannot be known, which is not signed out. */
  restore(): Promise<Session | null>;
  /** Good for SPARE_MS at least. `refused` is one that a service did not take: then another is got. */
  token(organizationId: string, refused?: string): Promise<string>;
  /** Answers where to go on to, when that ends the session at the issuer. */
  signOut(where: "here" | "everywhere"): Promise<string | null>;
  /** Goes to the issuer's own form, and back to `to`. Null where people sign in by forms of ours. */
  leave: ((to: string, asSomebodyElse: boolean) => Promise<never>) | null;
  /** False: members, passwords and other sessions are the issuer's; `membersUrl` is where, if somebody said so. */
  managesMembers: boolean;
  membersUrl: string | null;
}

/** How this console signs people in: environment variables of its server, which are read when it answers. */
export type AuthSettings =
  | { kind: "local" }
  | ({ kind: "oidc"; membersUrl: string | null } & OidcSettings)
  | { kind: "clerk"; membersUrl: string | null; publishableKey: string };

export interface OidcSettings {
  issuer: string;
  clientId: string;
  scope: string;
  /** The API that tokens are to be for, where the issuer wants to be told. */
  audience: string | null;
}

/** The driver, whose code is loaded only where it is used. */
export async function authOf(settings: AuthSettings): Promise<Auth> {
  switch (settings.kind) {
    case "local":
      return new (await import("@/lib/auth/local")).LocalAuth();
    case "oidc":
      return new (await import("@/lib/auth/oidc")).OidcAuth(settings);
    case "clerk":
      return new (await import("@/lib/auth/clerk")).ClerkAuth(settings.membersUrl);
  }
}

const ROLES: Role[] = ["viewer", "responder", "admin"];

/** Whether a role includes another: an admin may do what a responder may. */
export function includes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
