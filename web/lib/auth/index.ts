/** Who is signed in, whichever issuer says so. Tokens are in memory only. */
import type { ComponentType } from "react";
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

export interface Auth {
  kind: "local" | "oidc" | "clerk";
  /** Silently. Null when nobody is signed in; throws when that cannot be known, which is not signed out. */
  restore(): Promise<Session | null>;
  /** Good for another 30 s at least. `refused` is one that a service did not take: then another is got. */
  token(organizationId: string, refused?: string): Promise<string>;
  signOut(where: "here" | "everywhere"): Promise<void>;
  /** What /sign-in shows when people do not sign in by forms of ours. */
  SignIn?: ComponentType<{ to: string }>;
  /** False: members and passwords are the issuer's, and settings say where. */
  managesMembers: boolean;
}

/** How this console signs people in: environment variables of its server, which are read when it answers. */
export interface AuthSettings {
  kind: Auth["kind"];
  issuer: string | null;
  clientId: string | null;
  publishableKey: string | null;
}

/** The driver, whose code is loaded only where it is used. */
export async function authOf(settings: AuthSettings): Promise<Auth> {
  const { LocalAuth } = await import("@/lib/auth/local");
  if (settings.kind !== "local") throw new Error(`TIDINGS_CONSOLE_AUTH=${settings.kind} is not known`);
  return new LocalAuth();
}

const ROLES: Role[] = ["viewer", "responder", "admin"];

/** Whether a role includes another: an admin may do what a responder may. */
export function includes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
