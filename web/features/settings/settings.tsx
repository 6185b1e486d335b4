"use client";
/** Around /settings/<tab>: each has a page of its own, which is shown to whoever may use it. */
import Link from "next/link";
import { useSelectedLayoutSegment } from "next/navigation";
import type { ReactNode } from "react";
import { Empty } from "@/components/empty";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { TAB } from "@/components/ui/tabs";
import { useOrganization } from "@/features/shell/organization";
import type { Role } from "@/lib/auth";

interface Tab {
  path: string;
  name: string;
  needs: Role;
}

const TABS: Tab[] = [
  { path: "page", name: "Page", needs: "viewer" },
  { path: "members", name: "Members", needs: "viewer" },
  { path: "api-keys", name: "API keys", needs: "admin" },
  { path: "nats-access", name: "NATS access", needs: "viewer" },
  { path: "audit-log", name: "Audit log", needs: "admin" },
  { path: "account", name: "Account", needs: "viewer" },
];

export function Settings({ children }: { children: ReactNode }) {
  const path = useSelectedLayoutSegment();
  const { slug, may } = useOrganization();
  const tab = TABS.find((each) => each.path === path);
  const address = (to: string) => `/${slug}/settings/${to}`;
  return (
    <>
      <PageHeading title="Settings" />
      <nav aria-label="Settings" className="-mt-2 mb-6 flex flex-wrap gap-x-1 border-b">
        {TABS.filter(({ needs }) => may(needs)).map((each) => (
          <Link
            key={each.path}
            href={address(each.path)}
            aria-current={each === tab ? "page" : undefined}
            className={`${TAB} whitespace-nowrap`}
          >
            {each.name}
          </Link>
        ))}
      </nav>
      {tab && may(tab.needs) ? (
        children
      ) : (
        <Empty
          title={tab ? `${tab.name}: for admins only` : "There is no such setting"}
          action={
            <Button asChild>
              <Link href={address("page")}>Go to the page's settings</Link>
            </Button>
          }
        >
          {tab ? "Ask one of them; they are listed under Members." : "The address may have been mistyped."}
        </Empty>
      )}
    </>
  );
}
