import { afterEach, expect, test, vi } from "vitest";
import { create } from "@/features/session/make-organization";
import { LocalAuth } from "@/lib/auth/local";

afterEach(() => vi.unstubAllGlobals());

const person = { id: "p", name: "Ana", email: "ana@example.org" };
const values = { name: "Acme ", slug: "acme", timeZone: "UTC" };

test("an organization whose making was not answered is found when somebody tries again, and not made twice", async () => {
  const there = [{ id: "1", name: "Acme", slug: "acme", role: "admin" as const }];
  let isOnline = true;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (!isOnline) throw new TypeError("network");
    if (request.url.endsWith("/refresh")) {
      const access = {
        account: person,
        organizations: there,
        organization_id: null,
        access_token: null,
        expires_in: 0,
      };
      return new Response(JSON.stringify(access));
    }
    there.push({ id: String(there.length + 1), name: "Acme", slug: "acme-2", role: "admin" });
    isOnline = false;
    throw new TypeError("network");
  });
  const auth = new LocalAuth();
  const before = { person, organizations: [...there] };

  await expect(create(auth, before, values)).rejects.toMatchObject({ kind: "unreachable" });
  await expect(create(auth, before, values), "offline still").rejects.toMatchObject({ kind: "unreachable" });
  isOnline = true;
  expect(await create(auth, before, values)).toBe("2");
  expect(there).toHaveLength(2);
});
