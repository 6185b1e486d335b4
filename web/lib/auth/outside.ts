/** What the services say of whoever has a token of another issuer: how that writes organizations and roles is configured there. */

import type { components } from "@/lib/api/catalog";
import { type Client, clientFor, data, type TokenSource } from "@/lib/api/client";
import { NOT_LET_IN, type Organization } from "@/lib/auth";
import { Problem } from "@/lib/problem";

interface Belonging {
  person: { id: string; name: string };
  organization: Organization;
}

/** Whose token it is, and the organization that it is for. */
export async function belongingBy(token: TokenSource): Promise<Belonging> {
  const api = clientFor(token);
  const { id, name, organization_id, role } = await callerOf(api);
  const page = await pageOf(api);
  return {
    person: { id, name },
    organization: { id: organization_id, name: page?.name ?? organization_id, role, slug: page?.slug ?? null },
  };
}

async function callerOf(api: Client): Promise<components["schemas"]["CallerView"]> {
  try {
    return await data(api.GET("/api/catalog/v1/caller"));
  } catch (thrown) {
    if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown;
    const title = "You have no access here";
    const detail = "Your identity provider knows you, but gives you no organization or role that Tidings knows.";
    throw new Problem("refused", 401, NOT_LET_IN, title, detail, [], thrown.requestId, undefined);
  }
}

/** Null until an admin gives the organization one. */
async function pageOf(api: Client): Promise<components["schemas"]["PageSettings"] | null> {
  try {
    return await data(api.GET("/api/catalog/v1/page"));
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.type === "organization-not-provisioned") return null;
    throw thrown;
  }
}
