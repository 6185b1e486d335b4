/** Requests to the services, from the browser to its own origin, with their types. Every failure is thrown as a `Problem`. */
import createClient, { type Client as TypedClient } from "openapi-fetch";
import type { paths as Catalog } from "@/lib/api/catalog";
import type { paths as Identity } from "@/lib/api/identity";
import type { paths as Incidents } from "@/lib/api/incidents";
import type { paths as Maintenance } from "@/lib/api/maintenance";
import type { paths as Public } from "@/lib/api/public";
import type { paths as Realtime } from "@/lib/api/realtime";
import { Problem, problemOf, unreachable } from "@/lib/problem";

export type Paths = Catalog & Identity & Incidents & Maintenance & Public & Realtime;
export type Client = TypedClient<Paths>;

/** A token for the organization; with `refused`, another one than that. */
export type TokenSource = (refused?: string) => Promise<string>;

// Longer than any answer takes that still comes: writing services give up their database after 3 s.
const PATIENCE_MS = 15_000;

/** For what needs no token: pages of visitors, and identity's doors, which go by the cookie. */
export const anybody: Client = createClient<Paths>({ fetch: (request) => send(request) });

/** For one organization. A token that is refused is replaced once. */
export function clientFor(token: TokenSource): Client {
  return createClient<Paths>({
    fetch: async (request) => {
      const again = request.clone();
      const first = await token();
      try {
        return await send(request, first);
      } catch (thrown) {
        if (!(thrown instanceof Problem) || thrown.status !== 401) throw thrown;
        return send(again, await token(first));
      }
    },
  });
}

/** What an answer holds: `await data(api.GET("/api/catalog/v1/services"))`. */
export async function data<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data; // every other answer was thrown
}

/** `If-Match` for a change of what was read in this version. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

async function send(request: Request, token?: string): Promise<Response> {
  const trace = hex(16);
  request.headers.set("traceparent", `00-${trace}-${hex(8)}-01`);
  if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
  let answer: Response;
  try {
    answer = await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]) });
  } catch (thrown) {
    if (request.signal.aborted) throw thrown; // whoever asked does not want it any more
    throw unreachable(trace);
  }
  if (!answer.ok) throw await problemOf(answer, trace);
  return answer;
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
