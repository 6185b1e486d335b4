// An OpenID Connect provider by others (npm: oidc-provider), for test_real_provider.py: `node provider.mjs PORT`.
//
// Its clients are machines: `acme.admin` gets tokens for organization acme with the role admin. Of its two APIs `urn:tidings`
// is ours. It prints a line when it listens.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: "signing", alg: "RS256", use: "sig" };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: ["acme.admin", "acme.viewer", "globex.admin", "acme.cleaner", "nowhere"].map((id) => ({
    client_id: id,
    client_secret: "for-tests-only",
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  })),
  jwks: { keys: [key] },
  extraTokenClaims(_context, token) {
    const [organization, role] = token.clientId.split(".");
    return role ? { "https://tidings.test/organization": organization, access: { roles: [role, "everybody"] } } : {};
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        audience: resource,
        scope: "manage",
        accessTokenFormat: resource === "urn:opaque" ? "opaque" : "jwt",
      }),
    },
  },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
