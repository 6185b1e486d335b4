import { expect, test } from "vitest";
import { authSettings, outsideOrigins } from "@/lib/auth/settings";

const OIDC = {
  TIDINGS_CONSOLE_AUTH: "oidc",
  TIDINGS_CONSOLE_OIDC_ISSUER: "https://issuer.example/realms/x",
  TIDINGS_CONSOLE_OIDC_CLIENT_ID: "console",
};

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

test("what is missing or not known is named", () => {
  expect(() => authSettings({ ...OIDC, TIDINGS_CONSOLE_OIDC_CLIENT_ID: "" })).toThrow("TIDINGS_CONSOLE_OIDC_CLIENT_ID");
  expect(() => authSettings({ TIDINGS_CONSOLE_AUTH: "ldap" })).toThrow("it is ldap");
});
