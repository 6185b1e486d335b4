"use client";
/** Who is signed in, for every page. It is found out in the browser, silently, and other tabs hear of a change. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect } from "react";
import { type Auth, type AuthSettings, authOf, NOT_LET_IN, type Session } from "@/lib/auth";
import { Problem } from "@/lib/problem";

interface Known {
  auth: Auth;
  session: Session | null;
  /** Why nobody is let in, though they signed in at an outside issuer. */
  refusal?: Problem;
}

export type SessionState =
  | { state: "unknown" }
  | { state: "unreachable"; error: unknown; retry: () => void }
  | { state: "out"; auth: Auth; refusal?: Problem }
  | { state: "in"; auth: Auth; session: Session };

interface Value {
  /** Known from the start, unlike who it is. */
  kind: Auth["kind"];
  current: SessionState;
  /** Says who it is from now on; null: nobody. */
  change: (session: Session | null) => void;
  /** Asks again, for example for a new organization. */
  reload: () => Promise<void>;
}

const Context = createContext<Value | null>(null);
const KEY = ["session"];
const OTHER_TABS = "tidings-session";

export function SessionProvider({ settings, children }: { settings: AuthSettings; children: ReactNode }) {
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery<Known>({
    queryKey: KEY,
    queryFn: async () => {
      const auth = cache.getQueryData<Known>(KEY)?.auth ?? (await authOf(settings));
      return restored(auth);
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });

  const reload = useCallback(async () => void (await refetch()), [refetch]);
  const change = useCallback(
    (session: Session | null) => {
      // What the one before could see must not be there for the next.
      if (!session) cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
      cache.setQueryData<Known>(KEY, (known) => known && { ...known, session });
      tellOtherTabs();
    },
    [cache],
  );
  useEffect(() => {
    const channel = new BroadcastChannel(OTHER_TABS);
    channel.onmessage = () => void refetch();
    return () => channel.close();
  }, [refetch]);

  return (
    <Context value={{ kind: settings.kind, current: stateOf(data, error, reload), change, reload }}>{children}</Context>
  );
}

export function useSession(): Value {
  const value = useContext(Context);
  if (!value) throw new Error("useSession is for what is inside of SessionProvider");
  return value;
}

function stateOf(known: Known | undefined, error: Error | null, reload: () => Promise<void>): SessionState {
  if (!known) return error ? { state: "unreachable", error, retry: () => void reload() } : { state: "unknown" };
  const { auth, session, refusal } = known;
  return session ? { state: "in", auth, session } : { state: "out", auth, refusal };
}

async function restored(auth: Auth): Promise<Known> {
  try {
    return { auth, session: await auth.restore() };
  } catch (thrown) {
    // This is known, unlike with every other problem: signing in as somebody else may help, and trying again does not.
    if (thrown instanceof Problem && thrown.type === NOT_LET_IN) return { auth, session: null, refusal: thrown };
    throw thrown;
  }
}

function tellOtherTabs(): void {
  const channel = new BroadcastChannel(OTHER_TABS);
  channel.postMessage("changed");
  channel.close();
}
