import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clientFor } from "@/lib/api/client";
import { LocalAuth } from "@/lib/auth/local";

const access = (token: string, expires_in = 600, name = "Ana", organization_id = "o") => ({
  account: { id: "p", name, email: "ana@example.org" },
  organizations: [{ id: "o", slug: "acme", name: "Acme", role: "admin" as const }],
  organization_id,
  access_token: token,
  token_type: "Bearer",
  expires_in,
});
const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const answers = vi.fn<(request: Request) => Promise<Response>>();

beforeEach(() => {
  answers.mockReset();
  vi.stubGlobal("fetch", answers);
});
afterEach(() => vi.unstubAllGlobals());

test("nobody is signed in without a session, which is not the same as being offline", async () => {
  answers.mockResolvedValueOnce(json({}, 401));
  expect(await new LocalAuth().restore()).toBeNull();
  answers.mockRejectedValueOnce(new TypeError("network"));
  await expect(new LocalAuth().restore()).rejects.toMatchObject({ kind: "unreachable" });
});

test("a token is used as long as it is good for 30 s, and asked for once", async () => {
  const auth = new LocalAuth();
  answers.mockResolvedValueOnce(json(access("one")));
  expect(await Promise.all([auth.token("o"), auth.token("o")])).toEqual(["one", "one"]);
  expect(await auth.token("o")).toBe("one");
  expect(answers).toHaveBeenCalledTimes(1);
  answers.mockResolvedValueOnce(json(access("two", 29)));
  expect(await auth.token("o", "one")).toBe("two");
  answers.mockResolvedValueOnce(json(access("three")));
  expect(await auth.token("o")).toBe("three");
});

test("tokens that say a former name are replaced, also those for another organization", async () => {
  const auth = new LocalAuth();
  answers.mockResolvedValueOnce(json(access("one")));
  expect(await auth.token("o")).toBe("one");
  auth.accept(access("other", 600, "Ana", "another"));
  expect(await auth.token("o")).toBe("one");
  auth.accept(access("other", 600, "Ana Lopez", "another"));
  answers.mockResolvedValueOnce(json(access("two", 600, "Ana Lopez")));
  expect(await auth.token("o")).toBe("two");
  expect(await auth.token("another")).toBe("other");
});

test("a token that a service refuses is replaced once, and the request sent again", async () => {
  const auth = new LocalAuth();
  const api = clientFor((refused) => auth.token("o", refused));
  const sent: string[] = [];
  let refreshes = 0;
  answers.mockImplementation(async (request) => {
    if (request.url.endsWith("/refresh")) {
      refreshes += 1;
      return json(access(`token ${refreshes}`));
    }
    sent.push(`${request.headers.get("authorization")} ${await request.text()}`);
    return json({}, 401);
  });
  const request = api.PATCH("/api/catalog/v1/page", { body: { name: "New" } });
  await expect(request).rejects.toMatchObject({ status: 401 });
  expect(sent).toEqual(['Bearer token 1 {"name":"New"}', 'Bearer token 2 {"name":"New"}']);
});
