/** Gives every page its Content-Security-Policy, with a nonce that Next.js puts on the scripts it writes. */
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/lib/security";

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = contentSecurityPolicy({
    nonce,
    host: request.headers.get("x-forwarded-host") ?? request.headers.get("host") ?? "",
    issuer: process.env.TIDINGS_CONSOLE_ISSUER,
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
