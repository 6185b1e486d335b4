/** What is said to an OpenID Connect provider: authorization code with PKCE, for a client that has no secret. */
import * as oauth from "oauth4webapi";
import { NOT_LET_IN, type OidcSettings } from "@/lib/auth";
import { Problem, unreachable } from "@/lib/problem";

/** Where the issuer sends people back to; it has to know this address of the console. */
export const CALLBACK = "/sign-in/callback";

/** What the request for a code must be answered with. */
export interface Asked {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Tokens {
  access: string;
  expiresAt: number;
  /** Not every issuer gives one, and not to every client. */
  refresh: string | undefined;
  id: { text: string; claims: oauth.IDToken };
}

/** Where an issuer says nothing of it. */
const LIFETIME_SECONDS = 60;
const PATIENCE_MS = 15_000;
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost)$/;

export class Issuer {
  private found: Promise<oauth.AuthorizationServer> | null = null;
  private readonly client: oauth.Client;
  private readonly address: URL;
  private readonly http: { [oauth.allowInsecureRequests]: boolean; signal: () => AbortSignal };

  constructor(private readonly settings: OidcSettings) {
    this.client = { client_id: settings.clientId };
    this.address = new URL(settings.issuer);
    this.http = {
      [oauth.allowInsecureRequests]: LOOPBACK.test(this.address.hostname),
      signal: () => AbortSignal.timeout(PATIENCE_MS),
    };
  }

  /** Where it asks people who they are; with the prompt `none` it answers at once whether it knows them already. */
  async signInAddress(asked: Asked, prompt: "none" | "login" | null): Promise<string> {
    const { audience, scope } = this.settings;
    return addressOf((await this.server()).authorization_endpoint, {
      response_type: "code",
      client_id: this.settings.clientId,
      redirect_uri: here(CALLBACK),
      scope,
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
      prompt,
      // Auth0 wants it by the first name; the second is the standard's (RFC 8707), which takes addresses alone.
      audience,
      resource: audience !== null && URL.canParse(audience) ? audience : null,
    });
  }

  /** The tokens for the code that came back; null when the issuer says that somebody has to sign in first. */
  async redeem(answer: URLSearchParams, { state, nonce, verifier }: Asked): Promise<Tokens | null> {
    const server = await this.server();
    return said(async () => {
      let parameters: URLSearchParams;
      try {
        parameters = oauth.validateAuthResponse(server, this.client, answer, state);
      } catch (thrown) {
        if (thrown instanceof oauth.AuthorizationResponseError && /_required$/.test(thrown.error)) return null;
        throw thrown;
      }
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        this.client,
        oauth.None(),
        parameters,
        here(CALLBACK),
        verifier,
        this.http,
      );
      const expected = { expectedNonce: nonce, requireIdToken: true };
      return tokensOf(await oauth.processAuthorizationCodeResponse(server, this.client, response, expected));
    });
  }

  /** Null when the session at the issuer is over. */
  async renew(before: Tokens): Promise<Tokens | null> {
    const server = await this.server();
    return said(async () => {
      try {
        const response = await oauth.refreshTokenGrantRequest(
          server,
          this.client,
          oauth.None(),
          before.refresh ?? "",
          this.http,
        );
        return tokensOf(await oauth.processRefreshTokenResponse(server, this.client, response), before);
      } catch (thrown) {
        if (thrown instanceof oauth.ResponseBodyError && thrown.error === "invalid_grant") return null;
        throw thrown;
      }
    });
  }

  /** Where the session at the issuer ends; null where it has no such place. */
  async signOutAddress(idToken: string): Promise<string | null> {
    const { end_session_endpoint } = await this.server();
    if (!end_session_endpoint) return null;
    return addressOf(end_session_endpoint, {
      client_id: this.settings.clientId,
      id_token_hint: idToken,
      post_logout_redirect_uri: here("/sign-in"),
    });
  }

  private server(): Promise<oauth.AuthorizationServer> {
    this.found ??= said(async () =>
      oauth.processDiscoveryResponse(this.address, await oauth.discoveryRequest(this.address, this.http)),
    ).catch((thrown) => {
      this.found = null; // whoever asks next may find it
      throw thrown;
    });
    return this.found;
  }
}

function tokensOf(answer: oauth.TokenEndpointResponse, before?: Tokens): Tokens {
  const claims = oauth.getValidatedIdTokenClaims(answer);
  const id = claims && answer.id_token ? { text: answer.id_token, claims } : before?.id;
  if (!id) throw new Error("The issuer sent no ID token.");
  return {
    access: answer.access_token,
    expiresAt: Date.now() + (answer.expires_in ?? LIFETIME_SECONDS) * 1000,
    // One that is not replaced stays good.
    refresh: answer.refresh_token ?? before?.refresh,
    id,
  };
}

/** Asks, and tells what goes wrong as every other request does: no answer, or one that refuses. */
async function said<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (thrown) {
    // The library's own errors of this type have a code; those of fetch have none, and being late is a DOMException.
    if ((thrown instanceof TypeError && !("code" in thrown)) || thrown instanceof DOMException)
      throw unreachable("none");
    if (!(thrown instanceof Error)) throw thrown;
    const detail =
      "error_description" in thrown && thrown.error_description ? thrown.error_description : thrown.message;
    const title = "Your identity provider did not sign you in";
    throw new Problem("refused", 0, NOT_LET_IN, title, String(detail), [], "none", undefined);
  }
}

function addressOf(endpoint: string | undefined, parameters: Record<string, string | null>): string {
  const address = new URL(endpoint ?? "");
  for (const [name, value] of Object.entries(parameters)) if (value !== null) address.searchParams.set(name, value);
  return address.href;
}

function here(path: string): string {
  return window.location.origin + path;
}
