import { useSession } from "@/features/session/session";
import type { components } from "@/lib/api/identity";
import { LocalAuth } from "@/lib/auth/local";

/** Takes over what identity answers to whoever signs in: from then on they are. */
export function useEnter(): (access: components["schemas"]["Access"]) => void {
  const { current, change } = useSession();
  return (access) => {
    if ("auth" in current && current.auth instanceof LocalAuth) change(current.auth.accept(access));
  };
}
