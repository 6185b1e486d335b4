import type { AuthSettings } from "@/lib/auth";

type Environment = Record<string, string | undefined>;

const PREFIX = "TIDINGS_CONSOLE_";

/** From the environment of the server, when it answers: one build serves every installation. All of it is public. */
export function authSettings(environment: Environment): AuthSettings {
  const kind = optional(environment, "AUTH") ?? "local";
  const membersUrl = optional(environment, "MEMBERS_URL");
  switch (kind) {
    case "local":
      return { kind };
    case "oidc":
      return {
        kind,
        membersUrl,
        issuer: needed(environment, "OIDC_ISSUER"),
        clientId: needed(environment, "OIDC_CLIENT_ID"),
        scope: optional(environment, "OIDC_SCOPE") ?? "openid profile email",
        audience: optional(environment, "OIDC_AUDIENCE"),
      };
    case "clerk":
      return { kind, membersUrl, publishableKey: needed(environment, "CLERK_KEY") };
    default:
      throw new Error(`${PREFIX}AUTH must be local, oidc or clerk; it is ${kind}`);
  }
}

/** The origins, besides its own, that pages ask then. */
export function outsideOrigins(settings: AuthSettings): string[] {
  if (settings.kind === "oidc") return [new URL(settings.issuer).origin];
  // A publishable key is `pk_live_` and the host of Clerk's that serves this installation, in base64, ending in $.
  if (settings.kind === "clerk") return [`https://${atob(settings.publishableKey.split("_")[2] ?? "").slice(0, -1)}`];
  return [];
}

/** A variable that is empty is one that is not set, as in a compose file. */
function optional(environment: Environment, name: string): string | null {
  return environment[PREFIX + name] || null;
}

function needed(environment: Environment, name: string): string {
  const value = optional(environment, name);
  if (value === null) throw new Error(`${PREFIX}AUTH=${environment[`${PREFIX}AUTH`]} needs ${PREFIX}${name}`);
  return value;
}
