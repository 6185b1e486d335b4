/** The real stack that the tests drive: a clone's state in a scratch folder, at ports of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLONE = join(import.meta.dirname, "..", "..");
const LOWEST_PORT = 30_000;

// The tests are other processes, which must find what the first one chose.
/** Whether this process was given a stack that runs. */
export const GIVEN = process.env.TIDINGS_E2E_PORT !== undefined;
process.env.TIDINGS_E2E_PORT ??= String(LOWEST_PORT + 10 * Math.floor(Math.random() * 100));
process.env.TIDINGS_E2E_FOLDER ??= newFolder();
const PORT = process.env.TIDINGS_E2E_PORT;
export const FOLDER = process.env.TIDINGS_E2E_FOLDER;

export const CONSOLE = `http://app.localhost:${PORT}`;
/** A file that is there when the demo is. */
export const DEMO_COMPLETE = join(FOLDER, ".tidings", "demo-complete");
/** The server of the console itself, which answers well only when it is built. */
export const READY = `http://127.0.0.1:${Number(PORT) + 9}/sign-in`;
const PYTHON = join(CLONE, ".venv", "bin", "python");
export const COMMAND = `${PYTHON} -m devstack run --port ${PORT}`;
/** The issuer that some people sign in at, whose tokens the services take too. */
export const ISSUER = `http://127.0.0.1:${Number(PORT) + 1_000}`;
/** The console of these people: the same build with other settings. */
export const OUTSIDE = `http://app.localhost:${Number(PORT) + 1_001}`;
export const MEMBERS_URL = "https://people.example.org/";
export const FURTHER_ISSUERS = JSON.stringify([
  {
    preset: "oidc",
    issuer: ISSUER,
    jwks: `${ISSUER}/jwks`,
    audience: "urn:tidings",
    organization_claim: "https://tidings.test/organization",
    role_claim: "/access/roles",
  },
]);
export const pageOf = (slug: string) => `http://${slug}.localhost:${PORT}/`;

/** Where Chromium is. */
export function chromium(): string {
  const names = [process.env.TIDINGS_CHROMIUM, "chromium", "chromium-browser", "google-chrome"];
  const script = names
    .filter((name) => name !== undefined)
    .map((name) => `command -v ${name}`)
    .join(" || ");
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim();
}

/** A folder that the stack runs in, of this run alone: what an earlier one left points into a clone that may be gone. */
function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "tidings-e2e-"));
  for (const name of ["Procfile", "Makefile", "deploy", "web", ".venv"])
    symlinkSync(join(CLONE, name), join(made, name));
  // What failed leaves its logs.
  process.on("exit", (code) => {
    if (code === 0) rmSync(made, { recursive: true, force: true });
  });
  return made;
}

/** Of the people of the demo. */
export function demoPassword(): string {
  return JSON.parse(readFileSync(join(FOLDER, ".tidings", "passwords.json"), "utf8"))["people of the demo"];
}

/** A link that makes an admin with an organization. The one before is good no more. */
export function adminLink(): string {
  const printed = execFileSync(PYTHON, ["-m", "devstack", "admin-link"], { cwd: FOLDER, encoding: "utf8" });
  return printed.match(/https?:\/\/\S+#code=\S+/)?.[0] ?? "";
}

/** The link in the newest mail to somebody; null as long as there is none. */
export function mailedLink(to: string): string | null {
  const mails = join(FOLDER, ".tidings", "mail");
  for (const name of readdirSync(mails).sort().reverse()) {
    const mail = readFileSync(join(mails, name), "utf8").replaceAll("=\n", "").replaceAll("=3D", "=");
    if (mail.includes(`To: ${to}\n`)) return mail.match(/https?:\/\/\S+#code=\S+/)?.[0] ?? null;
  }
  return null;
}
