"use client";
/** The organization, and on to another one; who is signed in, how it looks, and signing out. */
import { Building2, ChevronsUpDown, LogOut, MonitorX, Plus } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useState } from "react";
import { Initials } from "@/components/person";
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu";
import { useSignOut } from "@/features/session/use-sign-out";
import { useOrganization } from "@/features/shell/organization";
import { presentTheme, setTheme, THEMES, type Theme, themeOf } from "@/features/shell/theme";
import type { Auth, Session } from "@/lib/auth";
import { inOrganization } from "@/lib/paths";
import { mayLeave } from "@/lib/unsaved";

const TRIGGER = "flex min-w-0 items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover touch:min-h-11";

export function OrganizationSwitcher({ session, auth }: { session: Session; auth: Auth }) {
  const { name, slug: present } = useOrganization();
  const router = useRouter();
  const path = usePathname();
  const go = (to: string) => mayLeave() && router.push(to);
  return (
    <Menu>
      <MenuTrigger className={`${TRIGGER} font-semibold`}>
        <Building2 className="size-4 shrink-0 text-quiet" aria-hidden />
        <span className="min-w-0 flex-1 truncate">
          <span className="sr-only">Organization: </span>
          {name}
        </span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-quiet" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start">
        <MenuLabel>Organizations</MenuLabel>
        <MenuRadioGroup value={present} onValueChange={(slug) => go(inOrganization(path, slug))}>
          {session.organizations.map(
            ({ id, slug, name }) =>
              slug && (
                <MenuRadioItem key={id} value={slug}>
                  <span className="truncate">{name}</span>
                </MenuRadioItem>
              ),
          )}
        </MenuRadioGroup>
        {auth.managesMembers && (
          <>
            <MenuSeparator />
            <MenuItem onSelect={() => go("/organizations/new")}>
              <Plus aria-hidden /> Create an organization
            </MenuItem>
          </>
        )}
      </MenuContent>
    </Menu>
  );
}

const THEME_NAMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

export function AccountMenu({ session, auth, withName }: { session: Session; auth: Auth; withName?: boolean }) {
  const signOut = useSignOut(auth);
  const [theme, setShownTheme] = useState<Theme>("system");
  const { person } = session;

  return (
    <Menu onOpenChange={(open) => open && setShownTheme(presentTheme())}>
      <MenuTrigger className={TRIGGER}>
        <Initials of={person.name} className="size-6" />
        <span className={withName ? "min-w-0 flex-1 truncate" : "sr-only"}>
          <span className="sr-only">Account of </span>
          {person.name}
        </span>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>
          {person.name}
          <br />
          {person.email}
        </MenuLabel>
        <MenuSeparator />
        <MenuLabel>Appearance</MenuLabel>
        <MenuRadioGroup value={theme} onValueChange={(chosen) => setTheme(themeOf(chosen))}>
          {THEMES.map((each) => (
            <MenuRadioItem key={each} value={each}>
              {THEME_NAMES[each]}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem onSelect={() => void signOut("here")}>
          <LogOut aria-hidden /> Sign out
        </MenuItem>
        {auth.managesMembers && (
          <MenuItem onSelect={() => void signOut("everywhere")}>
            <MonitorX aria-hidden /> Sign out everywhere
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  );
}
