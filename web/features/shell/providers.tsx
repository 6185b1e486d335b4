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

export function Providers({ nonce, auth, children }: { nonce: string; auth: AuthSettings; children: ReactNode }) {
  const [cache] = useState(() => {
    // Dialogs and menus write a style element of their own, which the page's policy lets nobody do without it.
    setNonce(nonce);
    return makeQueryClient();
  });
  return (
    <QueryClientProvider client={cache}>
      <SessionProvider settings={auth}>
        <TooltipProvider delayDuration={400}>{children}</TooltipProvider>
        <Toaster />
      </SessionProvider>
    </QueryClientProvider>
  );
}
