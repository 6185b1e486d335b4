import { useSession } from "@/features/session/session";
import type { Auth } from "@/lib/auth";
import { asProblem } from "@/lib/problem";
import { toast } from "@/lib/store";

/** Ends this session, or all of them. Whoever cannot be signed out now is told so. */
export function useSignOut(auth: Auth): (where: "here" | "everywhere") => Promise<void> {
  const { change } = useSession();
  return async (where) => {
    try {
      const onward = await auth.signOut(where);
      change(null);
      if (onward) window.location.assign(onward);
    } catch (thrown) {
      toast(`You are still signed in: ${asProblem(thrown).title}`, { kind: "failed" });
    }
  };
}
