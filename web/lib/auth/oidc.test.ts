// @vitest-environment jsdom
/** What needs an issuer that misbehaves; that people get in and out at a real one, web/e2e/outside.spec.ts shows. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NOT_LET_IN } from "@/lib/auth";
import { OidcAuth } from "@/lib/auth/oidc";

const ISSUER = "https://issuer.test";
const LEFT = { state: "s", nonce: "n", verifier: "v".repeat(43), to: "/acme/incidents" };
const part = (claims: object) => btoa(JSON.stringify(claims)).replaceAll("=", "");

/** What the issuer answers to the next requests for tokens: how long they are good, or an error. */
let grants: (object | Error)[];
let asked: string[];
/** What catalog answers to whose token it is. */
let caller: () => Response;

function idToken(nonce: string | undefined): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: ISSUER, aud: "console", sub: "ana", name: "Ana", iat, exp: iat + 60, nonce };
  return `${part({ alg: "RS256" })}.${part(claims)}.${part({})}`;
}

function answer(request: Request | string | URL, init?: RequestInit): Response {
  const url = String(request instanceof Request ? request.url : request);
  if (url.endsWith("openid-configuration")) {
    return Response.json({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/auth`,
      token_endpoint: `${ISSUER}/token`,
    });
  }
  if (url.endsWith("/token")) {
    asked.push(String(new URLSearchParams(String(init?.body)).get("grant_type")));
    const grant = grants.shift();
    if (grant instanceof Error) throw grant;
    if (grant && "error" in grant) return Response.json(grant, { status: 400 });
    return Response.json({ token_type: "bearer", ...grant });
  }
  if (url.endsWith("/caller")) return caller();
  return Response.json({ name: "Acme", slug: "acme" });
}

/** A page that the issuer sends somebody back to. */
function cameBack(state = "s"): OidcAuth {
  sessionStorage.setItem("tidings left for the issuer", JSON.stringify(LEFT));
  window.history.replaceState(null, "", `/sign-in/callback?code=c&state=${state}`);
  return new OidcAuth({ issuer: ISSUER, clientId: "console", scope: "openid", audience: null, membersUrl: null });
}

beforeEach(() => {
  grants = [{ access_token: "one", expires_in: 60, refresh_token: "r", id_token: idToken("n") }];
  asked = [];
  caller = () => Response.json({ id: "ana", name: "ana", organization_id: "o", role: "viewer" });
  localStorage.clear();
  vi.stubGlobal("fetch", async (request: Request, init?: RequestInit) => answer(request, init));
});
afterEach(() => vi.unstubAllGlobals());

test("whoever comes back with a code is signed in, and the code is not kept", async () => {
  const session = await cameBack().restore();
  expect(session?.person).toEqual({ id: "ana", name: "Ana", email: "" });
  expect(session?.organizations).toEqual([{ id: "o", name: "Acme", slug: "acme", role: "viewer" }]);
  expect(window.location.search).toBe("?to=%2Facme%2Fincidents");
  expect(sessionStorage.length).toBe(0);
});

test("an answer that this browser did not ask for lets nobody in", async () => {
  await expect(cameBack("another").restore()).rejects.toMatchObject({ type: NOT_LET_IN });
  grants = [{ access_token: "one", expires_in: 60, id_token: idToken("another") }];
  await expect(cameBack().restore()).rejects.toMatchObject({ type: NOT_LET_IN });
});

test("whom the services do not know is not let in, and a service that is busy is no such sign", async () => {
  caller = () => Response.json({}, { status: 401 });
  await expect(cameBack().restore()).rejects.toMatchObject({ type: NOT_LET_IN });
  grants = [{ access_token: "one", expires_in: 60, id_token: idToken("n") }];
  caller = () => Response.json({ type: "urn:tidings:problem:rate-limited" }, { status: 429 });
  await expect(cameBack().restore()).rejects.toMatchObject({ status: 429, type: "rate-limited" });
});

test("a token is renewed once for all who ask, and the refresh token stays until there is another", async () => {
  const auth = cameBack();
  await auth.restore();
  grants = [
    { access_token: "two", expires_in: 29 },
    { access_token: "three", expires_in: 60 },
  ];
  expect(await Promise.all([auth.token("o", "one"), auth.token("o", "one")])).toEqual(["two", "two"]);
  expect(await auth.token("o"), "it ends too soon").toBe("three");
  expect(asked).toEqual(["authorization_code", "refresh_token", "refresh_token"]);
});

test("an issuer that does not answer is no reason to be signed out", async () => {
  const auth = cameBack();
  await auth.restore();
  grants = [new TypeError("network"), { access_token: "two", expires_in: 60 }];
  await expect(auth.token("o", "one")).rejects.toMatchObject({ kind: "unreachable" });
  expect(await auth.token("o", "one")).toBe("two");
});

test("a fresh token that is refused is not asked for again at an issuer that gives no refresh tokens", async () => {
  grants = [{ access_token: "one", expires_in: 60, id_token: idToken("n") }];
  const auth = cameBack();
  await auth.restore();
  expect(await auth.token("o", "one")).toBe("one");
});

test("signing out in one tab is signing out in the others", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const [auth, other] = [cameBack(), cameBack()];
  grants.push(grants[0] as object);
  await auth.restore();
  cameBack();
  await other.restore();
  vi.setSystemTime(Date.now() + 1);
  expect(await auth.signOut(), "this issuer has no place for it").toBeNull();
  expect(await auth.restore()).toBeNull();
  expect(await other.restore()).toBeNull();
  vi.useRealTimers();
});
