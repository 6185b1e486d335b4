"use client";
/** What surrounds every page of an organization. */
import type { ReactNode } from "react";
import { ConnectionState } from "@/features/shell/connection-state";
import { BottomNavigation, SideNavigation } from "@/features/shell/navigation";
import { useOrganization } from "@/features/shell/organization";
import { Quick, SearchButton, SearchIcon } from "@/features/shell/quick";
import { AccountMenu, OrganizationSwitcher } from "@/features/shell/switcher";
import type { Auth, Session } from "@/lib/auth";

export function Shell({ session, auth, children }: { session: Session; auth: Auth; children: ReactNode }) {
  const { slug } = useOrganization();
  return (
    <div className="md:grid md:min-h-dvh md:grid-cols-[15rem_minmax(0,1fr)]">
      <SkipLink />
      <div className="sticky top-0 hidden h-dvh flex-col gap-4 border-r bg-sunken p-3 md:flex">
        <header>
          <OrganizationSwitcher session={session} auth={auth} />
        </header>
        <SearchButton />
        <SideNavigation slug={slug} />
        <div className="mt-auto flex flex-col gap-2">
          <div className="px-2">
            <ConnectionState />
          </div>
          <AccountMenu session={session} auth={auth} withName />
        </div>
      </div>
      <header className="sticky top-0 z-40 flex h-13 items-center gap-2 border-b bg-ground px-2 md:hidden">
        <div className="min-w-0 flex-1">
          <OrganizationSwitcher session={session} auth={auth} />
        </div>
        <ConnectionState />
        <SearchIcon />
        <AccountMenu session={session} auth={auth} />
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 px-4 pt-5 pb-24 outline-none md:px-8 md:pt-7 md:pb-12">
        <div className="mx-auto max-w-[68.75rem]">{children}</div>
      </main>
      <BottomNavigation slug={slug} />
      <Quick />
    </div>
  );
}

function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
    >
      Skip to the content
    </a>
  );
}
