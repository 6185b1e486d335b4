"use client";
/** No organization of theirs has this slug. One that it had before leads on to the present one. */
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { clientFor, data } from "@/lib/api/client";
import type { Auth, Organization, Session } from "@/lib/auth";

export function UnknownOrganization({ auth, session, slug }: { auth: Auth; session: Session; slug: string }) {
  const router = useRouter();
  const path = usePathname();
  useEffect(() => {
    let isShown = true;
    for (const organization of session.organizations) {
      void hadBefore(auth, organization, slug).then((had) => {
        const { search, hash } = window.location;
        if (had && isShown) router.replace(path.replace(`/${slug}`, `/${organization.slug}`) + search + hash);
      });
    }
    return () => {
      isShown = false;
    };
  }, [auth, session, slug, path, router]);

  const reachable = session.organizations.filter((each) => each.slug);
  return (
    <main id="main" className="mx-auto flex max-w-md flex-col gap-4 px-4 pt-[15vh]">
      <h1 className="font-semibold text-xl">There is no organization “{slug}” for you</h1>
      <p className="text-quiet">
        Either there is none, or you are not a member of it. You are signed in as {session.person.email}.
      </p>
      <ul className="flex flex-col gap-2">
        {reachable.map(({ id, slug: known, name }) => (
          <li key={id}>
            <Button asChild size="large" className="w-full justify-start">
              <Link href={`/${known}`}>{name}</Link>
            </Button>
          </li>
        ))}
      </ul>
      <Button asChild kind={reachable.length ? "quiet" : "primary"}>
        <Link href="/organizations/new">
          {auth.managesMembers ? "Create an organization" : "Go on to your organization"}
        </Link>
      </Button>
    </main>
  );
}

async function hadBefore(auth: Auth, { id, slug: present }: Organization, slug: string): Promise<boolean> {
  if (!present) return false;
  try {
    const page = await data(clientFor((refused) => auth.token(id, refused)).GET("/api/catalog/v1/page"));
    return page.retired_slugs.some((retired) => retired.slug === slug);
  } catch {
    return false; // then it stays unknown
  }
}
