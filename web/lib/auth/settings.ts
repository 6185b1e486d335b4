import type { AuthSettings } from "@/lib/auth";

type Environment = Record<string, string | undefined>;

const PREFIX = "TIDINGS_CONSOLE_";

/** From the environment of the server, when it answers: one build serves every installation. All of it is public. What is wrong is thrown as a
 * sentence that names the setting. */
export function authSettings(environment: Environment): AuthSettings {
  const kind = optional(environment, "AUTH") ?? "local";
  const isProduction = environment.TIDINGS_ENV === "production";
  const membersUrl = optional(environment, "MEMBERS_URL");
  if (membersUrl !== null && !isAddress(membersUrl)) throw new Error(`${PREFIX}MEMBERS_URL: must be a URL`);
  switch (kind) {
    case "local":
      return { kind };
    case "oidc": {
      const issuer = needed(environment, "OIDC_ISSUER");
      if (!isAddress(issuer)) throw new Error(`${PREFIX}OIDC_ISSUER: must be a URL`);
      if (isProduction && !issuer.startsWith("https:")) {
        throw new Error(`${PREFIX}OIDC_ISSUER: must be an https URL, because TIDINGS_ENV is production`);
      }
      return {
        kind,
        membersUrl,
        issuer,
        clientId: needed(environment, "OIDC_CLIENT_ID"),
        scope: optional(environment, "OIDC_SCOPE") ?? "openid profile email",
        audience: optional(environment, "OIDC_AUDIENCE"),
      };
    }
    case "clerk": {
      const publishableKey = needed(environment, "CLERK_KEY");
      if (!/^pk_(live|test)_[\w+/-]+=*$/.test(publishableKey)) {
        throw new Error(`${PREFIX}CLERK_KEY: must be Clerk's publishable key, pk_live_…`);
      }
      if (isProduction && publishableKey.startsWith("pk_test_")) {
        throw new Error(`${PREFIX}CLERK_KEY: is a key for development, and TIDINGS_ENV is production`);
      }
      return { kind, membersUrl, publishableKey };
    }
    default:
      throw new Error(`${PREFIX}AUTH: must be local, oidc or clerk; it is ${kind}`);
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
  if (value === null) throw new Error(`${PREFIX}${name}: is needed with ${PREFIX}AUTH=${environment[`${PREFIX}AUTH`]}`);
  return value;
}

function isAddress(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}
