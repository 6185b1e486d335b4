import { afterEach, expect, test, vi } from "vitest";
import { authSettings, outsideOrigins } from "@/lib/auth/settings";
import { endWhenWrong } from "@/lib/auth/start";

const OIDC = {
  TIDINGS_CONSOLE_AUTH: "oidc",
  TIDINGS_CONSOLE_OIDC_ISSUER: "https://issuer.example/realms/x",
  TIDINGS_CONSOLE_OIDC_CLIENT_ID: "console",
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("nothing said is our own issuer, which asks nobody else", () => {
  expect(authSettings({})).toEqual({ kind: "local" });
  expect(outsideOrigins(authSettings({ TIDINGS_CONSOLE_AUTH: "" }))).toEqual([]);
});

test("a provider is known by its issuer and by what we are called there", () => {
  const settings = authSettings({ ...OIDC, TIDINGS_CONSOLE_OIDC_AUDIENCE: "" });
  expect(settings).toEqual({
    kind: "oidc",
    issuer: "https://issuer.example/realms/x",
    clientId: "console",
    scope: "openid profile email",
    audience: null,
    membersUrl: null,
  });
  expect(outsideOrigins(settings)).toEqual(["https://issuer.example"]);
});

test("Clerk's host is in its key", () => {
  const key = `pk_test_${btoa("happy-fox-1.clerk.accounts.dev$")}`;
  const settings = authSettings({ TIDINGS_CONSOLE_AUTH: "clerk", TIDINGS_CONSOLE_CLERK_KEY: key });
  expect(outsideOrigins(settings)).toEqual(["https://happy-fox-1.clerk.accounts.dev"]);
});

test.each([
  [{ TIDINGS_CONSOLE_AUTH: "ldap" }, "TIDINGS_CONSOLE_AUTH: must be local, oidc or clerk; it is ldap"],
  [{ ...OIDC, TIDINGS_CONSOLE_OIDC_CLIENT_ID: "" }, "TIDINGS_CONSOLE_OIDC_CLIENT_ID: is needed"],
  [{ ...OIDC, TIDINGS_CONSOLE_OIDC_ISSUER: "issuer.example" }, "TIDINGS_CONSOLE_OIDC_ISSUER: must be a URL"],
  [{ ...OIDC, TIDINGS_CONSOLE_MEMBERS_URL: "members" }, "TIDINGS_CONSOLE_MEMBERS_URL: must be a URL"],
  [{ TIDINGS_CONSOLE_AUTH: "clerk", TIDINGS_CONSOLE_CLERK_KEY: "sk_live_x" }, "TIDINGS_CONSOLE_CLERK_KEY: must be"],
])("what is wrong is named: %o", (environment, sentence) => {
  expect(() => authSettings(environment)).toThrow(sentence);
});

test("production takes no issuer by http, and no key for development", () => {
  const provider = { ...OIDC, TIDINGS_CONSOLE_OIDC_ISSUER: "http://issuer.example" };
  const clerk = {
    TIDINGS_CONSOLE_AUTH: "clerk",
    TIDINGS_CONSOLE_CLERK_KEY: `pk_test_${btoa("x.clerk.accounts.dev$")}`,
  };
  for (const environment of [provider, clerk]) {
    expect(() => authSettings(environment)).not.toThrow();
    expect(() => authSettings({ ...environment, TIDINGS_ENV: "production" })).toThrow("TIDINGS_ENV is production");
  }
});

test("the server does not start with a wrong one", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  endWhenWrong();
  expect(exit).not.toHaveBeenCalled();
  vi.stubEnv("TIDINGS_CONSOLE_AUTH", "ldap");
  endWhenWrong();
  expect(exit).toHaveBeenCalledWith(78);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/^TIDINGS_CONSOLE_AUTH: .* Set it in the environment\.$/));
});
