// The console once more, whose people sign in at issuer.mjs, with the services of the stack behind it:
// `node outside.mjs CONSOLE EDGE ISSUER MEMBERS_URL`. It is for both what the edge is to the other one.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";

const [console_, edge, issuer, membersUrl] = process.argv.slice(2);
const port = Number(new URL(console_).port);
const edgePort = Number(new URL(edge).port);

const build = newestBuild();
const pages = build && serve(build);
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    pages?.kill();
    process.exit();
  });
}

createServer((asked, answer) => {
  const { url, method, headers } = asked;
  // Served from its sources, the console is there once only; tests of these people fail then, and no others.
  if (!build) return answer.writeHead(404).end("This console is not built.");
  const isForServices = /^\/(api|realtime|p)\//.test(url);
  const onward = request({ host: "127.0.0.1", port: isForServices ? edgePort : port + 1, path: url, method, headers });
  onward.on("response", (given) => given.pipe(answer.writeHead(given.statusCode, given.headers)));
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
})
  .on("upgrade", ({ url, headers }, socket) => {
    const onward = connect(edgePort, "127.0.0.1", () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      onward.write([`GET ${url} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
      onward.pipe(socket).pipe(onward);
    });
    for (const each of [onward, socket]) each.on("error", () => [onward, socket].map((both) => both.destroy()));
  })
  .listen(port, "127.0.0.1");

function serve(build) {
  const environment = {
    PORT: String(port + 1),
    HOSTNAME: "127.0.0.1",
    NODE_ENV: "production",
    TIDINGS_CONSOLE_AUTH: "oidc",
    TIDINGS_CONSOLE_OIDC_ISSUER: issuer,
    TIDINGS_CONSOLE_OIDC_CLIENT_ID: "console",
    TIDINGS_CONSOLE_OIDC_AUDIENCE: "urn:tidings",
    TIDINGS_CONSOLE_MEMBERS_URL: membersUrl,
  };
  return spawn(process.execPath, [build], { env: { ...process.env, ...environment }, stdio: "inherit" });
}

/** As the stack serves it. */
function newestBuild() {
  const builds = join(import.meta.dirname, "..", ".built");
  if (!existsSync(builds)) return undefined;
  const servers = readdirSync(builds).map((name) => join(builds, name, "server.js"));
  return servers.filter(existsSync).sort((one, other) => statSync(other).ctimeMs - statSync(one).ctimeMs)[0];
}
