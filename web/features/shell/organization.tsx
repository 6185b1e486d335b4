"use client";
/** The organization that a page is about: by the slug in its address, for whoever is a member. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { rememberOrganization, SignedIn } from "@/features/session/guards";
import { useSession } from "@/features/session/session";
import { Shell } from "@/features/shell/shell";
import { ShellSkeleton } from "@/features/shell/shell-skeleton";
import { UnknownOrganization } from "@/features/shell/unknown-organization";
import { type Client, clientFor } from "@/lib/api/client";
import { type Auth, includes, type Organization, type Role, type Session } from "@/lib/auth";
import { apply } from "@/lib/events";
import { keys, type Of } from "@/lib/queries";
import { Realtime } from "@/lib/realtime";
import { useStore } from "@/lib/store";

export interface PresentOrganization extends Of {
  name: string;
  role: Role;
  api: Client;
  /** Whether the role of whoever looks is this one or more: only what they may do is shown. */
  may: (needed: Role) => boolean;
}

const Context = createContext<PresentOrganization | null>(null);

export function useOrganization(): PresentOrganization {
  const organization = useContext(Context);
  if (!organization) throw new Error("useOrganization is for pages below /[org]");
  return organization;
}

export function OrganizationPages({ slug, children }: { slug: string; children: ReactNode }) {
  return (
    <SignedIn waiting={<ShellSkeleton />}>
      {(auth, session) => (
        <Known auth={auth} session={session} slug={slug}>
          {children}
        </Known>
      )}
    </SignedIn>
  );
}

function Known({ auth, session, slug, children }: { auth: Auth; session: Session; slug: string; children: ReactNode }) {
  const known = session.organizations.find((each) => each.slug === slug);
  if (!known) return <UnknownOrganization auth={auth} session={session} slug={slug} />;
  return (
    <Present key={known.id} auth={auth} session={session} organization={known} slug={slug}>
      {children}
    </Present>
  );
}

interface PresentProps {
  auth: Auth;
  session: Session;
  organization: Organization;
  slug: string;
  children: ReactNode;
}

function Present({ auth, session, organization, slug, children }: PresentProps) {
  const { id, name, role } = organization;
  const api = useMemo(() => clientFor((refused) => auth.token(id, refused)), [auth, id]);
  const value = useMemo(
    () => ({ id, slug, name, role, api, may: (needed: Role) => includes(role, needed) }),
    [id, slug, name, role, api],
  );
  useEffect(() => rememberOrganization(slug), [slug]);
  useLive(auth, value);
  return (
    <Context value={value}>
      <Shell session={session} auth={auth}>
        {children}
      </Shell>
    </Context>
  );
}

/** Events of the organization change what was fetched, as long as a page of it is open. */
function useLive(auth: Auth, { id, slug, api }: Of): void {
  const cache = useQueryClient();
  const { reload } = useSession();
  useEffect(() => {
    const realtime = new Realtime({
      slug,
      api,
      token: () => auth.token(id),
      onEvent: (event) => {
        apply(cache, id, event);
        // Roles and names are in the session.
        if (/^(member|organization|page_settings)\./.test(event.type)) void reload();
      },
      onGap: () => void cache.invalidateQueries({ queryKey: keys.organization(id) }),
      onConnection: (connection) => useStore.setState({ connection }),
    });
    return () => realtime.stop();
  }, [auth, id, slug, api, cache, reload]);
}
