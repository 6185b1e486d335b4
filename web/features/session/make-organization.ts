/** What making an organization takes: itself, its page, which another service makes, and what is set there. */
import { anybody, clientFor, data, ifMatch } from "@/lib/api/client";
import type { Auth, Session } from "@/lib/auth";
import { Problem } from "@/lib/problem";

const PAGE_PATIENCE_MS = 20_000;
const ASK_AGAIN_MS = 300;

export interface Values {
  name: string;
  slug: string;
  timeZone: string;
}

/**
 * The new organization's id. One that is there since `before` was made by a try before this, of which an answer was lost: sending again
 * would make another one.
 */
export async function create(auth: Auth, before: Session, { name, slug }: Values): Promise<string> {
  const known = new Set(before.organizations.map(({ id }) => id));
  const present = await auth.restore();
  const made = present?.organizations.find((each) => each.name === name.trim() && !known.has(each.id));
  return made ? made.id : (await data(anybody.POST("/api/identity/v1/organizations", { body: { name, slug } }))).id;
}

/** The page of an organization that has none. Asked again it stays as it is. */
export async function provision(auth: Auth, session: Session, { name, slug, timeZone }: Values): Promise<string> {
  const organization = session.organizations.find((each) => !each.slug && each.role === "admin");
  if (!organization) throw new Error("Only who may make a page gets here.");
  const api = clientFor((refused) => auth.token(organization.id, refused));
  // The rest is as it is for every new page.
  const usual = {
    description: "",
    theme: "system" as const,
    links: [],
    search_engines_allowed: true,
    history_days: 90,
  };
  const body = { ...usual, name, slug, time_zone: timeZone };
  await data(api.POST("/api/catalog/v1/page", { body }));
  return organization.id;
}

/** Its page is made by another service, a moment later. */
export async function whenPageIsThere(auth: Auth, id: string): Promise<{ slug: string; session: Session }> {
  const deadline = Date.now() + PAGE_PATIENCE_MS;
  while (Date.now() < deadline) {
    const session = await auth.restore();
    const slug = session?.organizations.find((each) => each.id === id)?.slug;
    if (session && slug) return { slug, session };
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  const detail = "It is made, and its page will be there soon: reload this page in a minute.";
  throw new Problem("failed", 0, "page-missing", "The page takes longer than usual", detail, [], "none", undefined);
}

export async function setTimeZone(auth: Auth, id: string, timeZone: string): Promise<void> {
  const api = clientFor((refused) => auth.token(id, refused));
  const page = await data(api.GET("/api/catalog/v1/page"));
  if (page.time_zone === timeZone) return;
  await api.PATCH("/api/catalog/v1/page", { body: { time_zone: timeZone }, headers: ifMatch(page.version) });
}
