import type { AuthSettings } from "@/lib/auth";

const KINDS: AuthSettings["kind"][] = ["local", "oidc", "clerk"];

/** From the environment of the server, when it answers: one build serves every installation. All of it is public. */
export function authSettings(environment: Record<string, string | undefined>): AuthSettings {
  const named = environment.TIDINGS_CONSOLE_AUTH ?? "local";
  const kind = KINDS.find((each) => each === named);
  if (!kind) throw new Error(`TIDINGS_CONSOLE_AUTH must be one of ${KINDS.join(", ")}; it is ${named}`);
  return {
    kind,
    issuer: environment.TIDINGS_CONSOLE_ISSUER ?? null,
    clientId: environment.TIDINGS_CONSOLE_CLIENT_ID ?? null,
    publishableKey: environment.TIDINGS_CONSOLE_CLERK_KEY ?? null,
  };
}
