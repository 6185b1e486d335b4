"use client";
/** What every page stands in. */
import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { TooltipProvider } from "@/components/ui/tooltip";
import { SessionProvider } from "@/features/session/session";
import type { AuthSettings } from "@/lib/auth";
import { makeQueryClient } from "@/lib/queries";

// Only in the browser: the server would write styles into its tags, which the policy forbids.
const Toaster = dynamic(async () => (await import("@/components/ui/toaster")).Toaster, { ssr: false });

// Clerk wants to surround every page; nobody else loads it.
const ClerkPages = dynamic(async () => (await import("@/lib/auth/clerk")).ClerkPages);

export function Providers({ nonce, auth, children }: { nonce: string; auth: AuthSettings; children: ReactNode }) {
  const [cache] = useState(() => {
    // Dialogs and menus write a style element of their own, which the page's policy lets nobody do without it.
    setNonce(nonce);
    return makeQueryClient();
  });
  const pages = (
    <QueryClientProvider client={cache}>
      <SessionProvider settings={auth}>
        <TooltipProvider delayDuration={400}>{children}</TooltipProvider>
        <Toaster />
      </SessionProvider>
    </QueryClientProvider>
  );
  if (auth.kind !== "clerk") return pages;
  return (
    <ClerkPages publishableKey={auth.publishableKey} nonce={nonce}>
      {pages}
    </ClerkPages>
  );
}
