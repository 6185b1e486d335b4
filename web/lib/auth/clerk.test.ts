// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Clerk, ClerkAuth } from "@/lib/auth/clerk";

const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const getToken = vi.fn(async ({ organizationId }: { organizationId?: string }) => `token of ${organizationId}`);

/** Of somebody with two organizations, of which one has a page. */
function fake(change: Partial<Clerk> = {}): Clerk {
  return {
    session: { getToken },
    user: {
      fullName: "Ana Example",
      primaryEmailAddress: { emailAddress: "ana@example.org" },
      organizationMemberships: [{ organization: { id: "org_1" } }, { organization: { id: "org_2" } }],
    },
    signOut: vi.fn(async () => undefined),
    redirectToSignIn: vi.fn(async () => undefined),
    ...change,
  };
}

const driver = (clerk: Clerk) => new ClerkAuth(null, Promise.resolve(clerk));

beforeEach(() => {
  getToken.mockClear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const organization_id = request.headers.get("authorization")?.replace("Bearer token of ", "");
    if (request.url.endsWith("/caller")) return json({ id: "user_1", name: "Ana", organization_id, role: "admin" });
    if (organization_id === "org_1") return json({ name: "Acme", slug: "acme" });
    return json({ type: "urn:tidings:problem:organization-not-provisioned" }, 409);
  });
});
afterEach(() => vi.unstubAllGlobals());

test("every organization at Clerk is one here, as the services know it", async () => {
  expect(await driver(fake()).restore()).toEqual({
    person: { id: "user_1", name: "Ana Example", email: "ana@example.org" },
    organizations: [
      { id: "org_1", name: "Acme", slug: "acme", role: "admin" },
      { id: "org_2", name: "org_2", slug: null, role: "admin" },
    ],
  });
});

test("nobody is signed in whom Clerk does not know", async () => {
  expect(await driver(fake({ user: null, session: null })).restore()).toBeNull();
});

test("a token is for the organization that is asked for, and another one after a refusal", async () => {
  expect(await driver(fake()).token("org_2")).toBe("token of org_2");
  await driver(fake()).token("org_2", "refused");
  expect(getToken.mock.calls).toEqual([
    [{ organizationId: "org_2", skipCache: false }],
    [{ organizationId: "org_2", skipCache: true }],
  ]);
});

test("a session that is over gives no token, and says so", async () => {
  await expect(driver(fake({ session: null })).token("org_1")).rejects.toMatchObject({ kind: "refused", status: 401 });
});

test("Clerk's own page leads back, and ends the session", async () => {
  const clerk = fake();
  void driver(clerk).leave("/acme/incidents");
  await vi.waitFor(() =>
    expect(clerk.redirectToSignIn).toHaveBeenCalledWith({
      signInForceRedirectUrl: `${window.location.origin}/acme/incidents`,
    }),
  );
  await driver(clerk).signOut();
  expect(clerk.signOut).toHaveBeenCalledWith({ redirectUrl: "/sign-in" });
});

test("Clerk's script that does not come is no sign that nobody is signed in", async () => {
  vi.useFakeTimers();
  const restored = new ClerkAuth(null, new Promise(() => undefined)).restore();
  const outcome = expect(restored).rejects.toMatchObject({ kind: "unreachable" });
  await vi.advanceTimersByTimeAsync(15_000);
  await outcome;
  vi.useRealTimers();
});
