/** The driver for identity, our own issuer: its cookie keeps the session, which scripts do not see. */
import { anybody, data } from "@/lib/api/client";
import type { components } from "@/lib/api/identity";
import { type Auth, type Session, SPARE_MS } from "@/lib/auth";
import { Problem } from "@/lib/problem";

type Access = components["schemas"]["Access"];

interface Token {
  text: string;
  expiresAt: number;
}

export class LocalAuth implements Auth {
  readonly kind = "local";
  readonly leave = null;
  readonly managesMembers = true;
  readonly membersUrl = null;
  private readonly tokens = new Map<string, Token>();
  private name: string | null = null;
  private readonly asked = new Map<string, Promise<Access>>();

  async restore(): Promise<Session | null> {
    try {
      return this.accept(await refresh(null));
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.status === 401) return null;
      throw thrown;
    }
  }

  async token(organizationId: string, refused?: string): Promise<string> {
    const known = this.tokens.get(organizationId);
    if (known && known.text !== refused && known.expiresAt - Date.now() > SPARE_MS) return known.text;
    // Whoever asks meanwhile waits for the same answer.
    let asked = this.asked.get(organizationId);
    if (!asked) {
      asked = refresh(organizationId).finally(() => this.asked.delete(organizationId));
      this.asked.set(organizationId, asked);
    }
    const access = await asked;
    this.accept(access);
    return access.access_token as string; // it was asked for an organization, so it is for one
  }

  async signOut(where: "here" | "everywhere"): Promise<null> {
    await (where === "here" ? anybody.DELETE("/api/identity/v1/session") : anybody.DELETE("/api/identity/v1/sessions"));
    this.tokens.clear();
    return null;
  }

  /** Takes over what identity answers to whoever signs in, and says who that is. */
  accept(access: Access): Session {
    // What somebody does is told by the name in their token: after another name, those of before are of no use.
    if (access.account.name !== this.name) this.tokens.clear();
    this.name = access.account.name;
    if (access.organization_id && access.access_token) {
      const expiresAt = Date.now() + access.expires_in * 1000;
      this.tokens.set(access.organization_id, { text: access.access_token, expiresAt });
    }
    return { person: access.account, organizations: access.organizations };
  }
}

function refresh(organizationId: string | null): Promise<Access> {
  return data(anybody.POST("/api/identity/v1/session/refresh", { body: { organization_id: organizationId } }));
}
