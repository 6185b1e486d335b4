/** Gives every page its Content-Security-Policy, with a nonce that Next.js puts on the scripts it writes. */
import { type NextRequest, NextResponse } from "next/server";
import { authSettings, outsideOrigins } from "@/lib/auth/settings";
import { contentSecurityPolicy } from "@/lib/security";

/** What an outside issuer does elsewhere. */
const OWN_DOORS = ["/sign-up", "/reset", "/invitation", "/first-admin"];

export function proxy(request: NextRequest): NextResponse {
  const auth = authSettings(process.env);
  if (auth.kind !== "local" && OWN_DOORS.includes(request.nextUrl.pathname)) {
    return NextResponse.redirect(new URL("/sign-in", request.nextUrl));
  }
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = contentSecurityPolicy({
    nonce,
    host: request.headers.get("x-forwarded-host") ?? request.headers.get("host") ?? "",
    outside: outsideOrigins(auth),
    isDevelopment: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  response.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return response;
}

// What Next.js built needs no policy of its own.
export const config = { matcher: "/((?!_next/static|icon.svg).*)" };
