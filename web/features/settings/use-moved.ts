import { usePathname } from "next/navigation";
import { useCallback } from "react";
import type { Auth } from "@/lib/auth";

const PATIENCE_MS = 10_000;
const ASK_AGAIN_MS = 300;

/** The console has the page's address, so it moves with it: once whoever says what organizations there are knows the new one. */
export function useMoved(): (auth: Auth, slug: string) => Promise<void> {
  const path = usePathname();
  return useCallback(
    async (auth, slug) => {
      const deadline = Date.now() + PATIENCE_MS;
      while (Date.now() < deadline) {
        const session = await auth.restore();
        if (session?.organizations.some((each) => each.slug === slug)) break;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
      // As a whole: nothing of the page has its old address then.
      window.location.replace([`/${slug}`, ...path.split("/").slice(2)].join("/"));
    },
    [path],
  );
}
