/** Writes the types of every service's API, from docs/openapi. `--check` writes nothing and fails when they are not the same. */
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const SERVICES = {
  catalog: "catalog",
  identity: "identity",
  incidents: "incidents",
  maintenance: "maintenance",
  "public-api": "public",
  "realtime-gateway": "realtime",
};
const HEADER = "// Written by `npm run api` from docs/openapi. Do not edit.\n\n";

const isCheck = process.argv.includes("--check");
for (const [service, name] of Object.entries(SERVICES)) {
  const source = new URL(`../../../docs/openapi/${service}.json`, import.meta.url);
  const target = new URL(`${name}.d.ts`, import.meta.url);
  const written = HEADER + astToString(await openapi(source));
  if (!isCheck) await writeFile(target, written);
  else if ((await readFile(target, "utf8")) !== written) {
    console.error(
      `web/lib/api/${name}.d.ts is not what docs/openapi/${service}.json says: run \`npm run api\` in web/.`,
    );
    process.exitCode = 1;
  }
}
