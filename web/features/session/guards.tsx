"use client";
/** What a page shows of whether somebody is signed in, and where they go on. */
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { ErrorState } from "@/components/error-state";
import { useSession } from "@/features/session/session";
import type { Auth, Session } from "@/lib/auth";
import { safePath, signInPath } from "@/lib/paths";

const LAST = "tidings last organization";

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
  const { current } = useSession();
  const router = useRouter();
  const to = safePath(useSearchParams().get("to"));
  const destination = current.state === "in" ? (to ?? home(current.session)) : null;
  useEffect(() => {
    if (destination) router.replace(destination);
  }, [destination, router]);
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

function home({ organizations }: Session): string {
  const last = localStorage.getItem(LAST);
  const known =
    organizations.find(({ slug }) => slug !== null && slug === last) ?? organizations.find(({ slug }) => slug);
  return known ? `/${known.slug}` : "/organizations/new";
}
