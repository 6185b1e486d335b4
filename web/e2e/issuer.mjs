// An OpenID Connect provider by others (npm: oidc-provider): `node issuer.mjs ISSUER CONSOLE`. Whoever signs in as
// `ana.acme.admin`, with any password, is Ana, an admin of the organization acme.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [issuer, console_] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "console",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [`${console_}/sign-in/callback`],
      post_logout_redirect_uris: [`${console_}/sign-in`],
    },
  ],
  clientBasedCORS: (_context, origin) => origin === console_,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "signing", alg: "RS256", use: "sig" }] },
  cookies: { keys: ["for tests only"] },
  scopes: ["openid", "profile", "email"],
  claims: { profile: ["name"], email: ["email"] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: nameOf(id), email: `${id}@example.org` }),
  }),
  extraTokenClaims(_context, { accountId }) {
    const [, organization, role] = accountId.split(".");
    return {
      name: nameOf(accountId),
      "https://tidings.test/organization": organization,
      access: { roles: [role] },
    };
  },
  issueRefreshToken: () => true,
  // Signing in is enough: this console is nobody else's.
  loadExistingGrant: async (context) => {
    const { client, session, provider } = context.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile email");
    grant.addResourceScope("urn:tidings", "manage");
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ audience: "urn:tidings", scope: "manage", accessTokenFormat: "jwt" }),
    },
  },
});

provider.listen(Number(new URL(issuer).port), "127.0.0.1");

function nameOf(id) {
  const [name] = id.split(".");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
