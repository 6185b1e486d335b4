import { expect, test } from "vitest";
import { contentSecurityPolicy } from "@/lib/security";

const page = { nonce: "abc", host: "app.example.org", outside: [] as string[], isDevelopment: false };

test("a page runs nothing that was not sent with its nonce, and talks to nobody but its own host", () => {
  const policy = contentSecurityPolicy(page);
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
  expect(policy).toContain("style-src 'self' 'nonce-abc';");
  expect(policy).toContain("connect-src 'self' ws://app.example.org wss://app.example.org;");
  expect(policy).not.toContain("unsafe");
});

test("an outside issuer may be talked to", () => {
  expect(contentSecurityPolicy({ ...page, outside: ["https://issuer.example"] })).toContain(
    "wss://app.example.org https://issuer.example;",
  );
});
