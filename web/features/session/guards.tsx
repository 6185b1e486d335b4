"use client";
/** What a page shows of whether somebody is signed in, and where they go on. */
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { ErrorState } from "@/components/error-state";
import { useSession } from "@/features/session/session";
import type { Auth, Session } from "@/lib/auth";
import { safePath, signInPath } from "@/lib/paths";

const LAST = "tidings last organization";
const ASK_AGAIN_MS = 300;

export function rememberOrganization(slug: string): void {
  localStorage.setItem(LAST, slug);
}

interface Props {
  /** Until it is known. */
  waiting: ReactNode;
  children: (auth: Auth, session: Session) => ReactNode;
}

/** For whom is signed in; others sign in first and come back. */
export function SignedIn({ waiting, children }: Props) {
  const { current } = useSession();
  const router = useRouter();
  const path = usePathname();
  const isOut = current.state === "out";
  useEffect(() => {
    if (isOut) router.replace(signInPath(path + window.location.search + window.location.hash));
  }, [isOut, path, router]);
  if (current.state === "in") return children(current.auth, current.session);
  if (current.state === "unreachable") {
    return (
      <main className="mx-auto max-w-lg p-4 pt-[15vh]">
        <ErrorState error={current.error} retry={current.retry} />
      </main>
    );
  }
  return waiting;
}

/** Whoever is signed in does not stay on the page of this, but goes where they were going, or where they were last. */
export function useGoOn(): void {
  const { current, reload } = useSession();
  const router = useRouter();
  const to = safePath(useSearchParams().get("to"));
  const isIn = current.state === "in";
  const destination = isIn ? (to ?? home(current.auth, current.session)) : null;
  useEffect(() => {
    if (destination) router.replace(destination);
  }, [destination, router]);
  const isComing = isIn && !destination;
  useEffect(() => {
    if (!isComing) return;
    const asking = setInterval(() => void reload(), ASK_AGAIN_MS);
    return () => clearInterval(asking);
  }, [isComing, reload]);
}

/** `/`: on to where this browser was last. */
export function Home() {
  const { current } = useSession();
  const router = useRouter();
  useGoOn();
  const isOut = current.state === "out";
  useEffect(() => {
    if (isOut) router.replace("/sign-in");
  }, [isOut, router]);
  return <SignedIn waiting={null}>{() => null}</SignedIn>;
}

/** Null in the moment before the page of a new organization is there, which another service makes. */
function home(auth: Auth, { organizations }: Session): string | null {
  const last = localStorage.getItem(LAST);
  const known =
    organizations.find(({ slug }) => slug !== null && slug === last) ?? organizations.find(({ slug }) => slug);
  if (known) return `/${known.slug}`;
  return auth.managesMembers && organizations.length > 0 ? null : "/organizations/new";
}
