"use client";
/** /settings/<tab>: each has an address of its own, and only those are shown that somebody may use. */
import Link from "next/link";
import { useParams } from "next/navigation";
import type { ComponentType } from "react";
import { Empty } from "@/components/empty";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { TAB } from "@/components/ui/tabs";
import { Account } from "@/features/settings/account";
import { ApiKeys } from "@/features/settings/api-keys";
import { AuditLog } from "@/features/settings/audit-log";
import { Members } from "@/features/settings/members";
import { NatsAccess } from "@/features/settings/nats-access";
import { Page } from "@/features/settings/page";
import { useOrganization } from "@/features/shell/organization";
import type { Role } from "@/lib/auth";

interface Tab {
  path: string;
  name: string;
  needs: Role;
  Content: ComponentType;
}

const TABS: Tab[] = [
  { path: "page", name: "Page", needs: "viewer", Content: Page },
  { path: "members", name: "Members", needs: "viewer", Content: Members },
  { path: "api-keys", name: "API keys", needs: "admin", Content: ApiKeys },
  { path: "nats-access", name: "NATS access", needs: "viewer", Content: NatsAccess },
  { path: "audit-log", name: "Audit log", needs: "admin", Content: AuditLog },
  { path: "account", name: "Account", needs: "viewer", Content: Account },
];

/** On a phone there is more than fits. */
const show = (link: HTMLElement | null) => link?.scrollIntoView({ block: "nearest", inline: "nearest" });

export function Settings() {
  const { tab: path } = useParams<{ tab: string }>();
  const { slug, may } = useOrganization();
  const tab = TABS.find((each) => each.path === path);
  const address = (to: string) => `/${slug}/settings/${to}`;
  return (
    <>
      <PageHeading title="Settings" />
      <nav aria-label="Settings" className="-mt-2 mb-6 flex gap-1 overflow-x-auto border-b">
        {TABS.filter(({ needs }) => may(needs)).map((each) => (
          <Link
            key={each.path}
            href={address(each.path)}
            aria-current={each === tab ? "page" : undefined}
            ref={each === tab ? show : undefined}
            className={`${TAB} whitespace-nowrap`}
          >
            {each.name}
          </Link>
        ))}
      </nav>
      {tab && may(tab.needs) ? (
        <tab.Content />
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
