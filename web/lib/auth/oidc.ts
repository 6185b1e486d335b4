/**
 * The driver for any OpenID Connect provider. Tokens are in memory alone, so a page that is opened or reloaded goes to the
 * issuer and back at once: the issuer's own session is what is kept. That is the page itself and no frame, in which
 * browsers would withhold the issuer's cookie. While a page is open, a refresh token renews the access token; an issuer
 * that gives none is gone to and back from once more.
 */
import * as oauth from "oauth4webapi";
import { type Auth, type OidcSettings, type Session, SPARE_MS } from "@/lib/auth";
import { type Asked, CALLBACK, Issuer, type Tokens } from "@/lib/auth/issuer";
import { belongingBy } from "@/lib/auth/outside";
import { safePath } from "@/lib/paths";

/** What is remembered on the way to the issuer and back. */
interface Left extends Asked {
  to: string;
}

const LEFT = "tidings left for the issuer";
const SIGNED_OUT = "tidings signed out";

export class OidcAuth implements Auth {
  readonly kind = "oidc";
  readonly managesMembers = false;
  readonly membersUrl: string | null;
  private readonly issuer: Issuer;
  private tokens: (Tokens & { since: number }) | null = null;
  private asked: Promise<Tokens> | null = null;
  private isOut = false;

  constructor(settings: OidcSettings & { membersUrl: string | null }) {
    this.membersUrl = settings.membersUrl;
    this.issuer = new Issuer(settings);
  }

  async restore(): Promise<Session | null> {
    if (this.tokens && this.tokens.since < Number(localStorage.getItem(SIGNED_OUT))) this.forget();
    if (this.isOut) return null;
    if (!this.tokens) {
      if (!isBack()) return this.goTo(wherePeopleWere(), "none");
      const tokens = await this.comeBack();
      if (!tokens) return null;
      this.take(tokens);
    }
    return this.session();
  }

  async token(_organizationId: string, refused?: string): Promise<string> {
    const known = this.tokens;
    if (known && known.access !== refused && known.expiresAt - Date.now() > SPARE_MS) return known.access;
    // A new one that is refused too: going to the issuer and back would not end.
    if (known && !known.refresh && known.access === refused && Date.now() - known.since < SPARE_MS) return refused;
    // Whoever asks meanwhile waits for the same answer.
    this.asked ??= this.renew().finally(() => {
      this.asked = null;
    });
    return (await this.asked).access;
  }

  /** Here and everywhere: which sessions end is the issuer's to say. */
  async signOut(): Promise<string | null> {
    const address = this.tokens && (await this.issuer.signOutAddress(this.tokens.id.text));
    // Other tabs see by it that what they have is over.
    localStorage.setItem(SIGNED_OUT, String(Date.now()));
    this.forget();
    return address;
  }

  readonly leave = (to: string, asSomebodyElse: boolean): Promise<never> =>
    this.goTo(to, asSomebodyElse ? "login" : null);

  private async goTo(to: string, prompt: "none" | "login" | null): Promise<never> {
    const left: Left = {
      to,
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    };
    const address = await this.issuer.signInAddress(left, prompt);
    sessionStorage.setItem(LEFT, JSON.stringify(left));
    // Going back in the history is not to lead to a page that goes to the issuer at once.
    if (prompt === "none") window.location.replace(address);
    else window.location.assign(address);
    return new Promise(() => undefined); // until the page is another one
  }

  private async comeBack(): Promise<Tokens | null> {
    const answer = new URLSearchParams(window.location.search);
    const text = sessionStorage.getItem(LEFT);
    const left = text === null ? null : (JSON.parse(text) as Left);
    // Both are good for once, and the history is not to have the code.
    sessionStorage.removeItem(LEFT);
    window.history.replaceState(null, "", `${CALLBACK}?to=${encodeURIComponent(left?.to ?? "/")}`);
    return left && this.issuer.redeem(answer, left);
  }

  private async renew(): Promise<Tokens> {
    const before = this.tokens;
    const tokens = before?.refresh ? await this.issuer.renew(before) : null;
    if (!tokens) return this.goTo(wherePeopleWere(), "none");
    return this.take(tokens);
  }

  private take(tokens: Tokens): Tokens {
    this.tokens = { ...tokens, since: Date.now() };
    return tokens;
  }

  private forget(): void {
    this.tokens = null;
    this.isOut = true;
  }

  private async session(): Promise<Session> {
    const { person, organization } = await belongingBy((refused) => this.token("", refused));
    const claims = this.tokens?.id.claims;
    return {
      person: { ...person, name: text(claims?.name) ?? person.name, email: text(claims?.email) ?? "" },
      organizations: [organization],
    };
  }
}

function isBack(): boolean {
  const { pathname, search } = window.location;
  const answer = new URLSearchParams(search);
  return pathname === CALLBACK && (answer.has("code") || answer.has("error"));
}

/** The page that is open, or where whoever is at its door was going. */
function wherePeopleWere(): string {
  const { pathname, search, hash } = window.location;
  if (!pathname.startsWith("/sign-in")) return pathname + search + hash;
  return safePath(new URLSearchParams(search).get("to")) ?? "/";
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
