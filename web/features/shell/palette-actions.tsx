/** What the palette offers: where one can go, and what one can do, as far as the role goes. */
import {
  CalendarPlus,
  Keyboard,
  type LucideIcon,
  Megaphone,
  Moon,
  Palette,
  Settings,
  Sun,
  UserPlus,
} from "lucide-react";
import { PLACES } from "@/features/shell/navigation";
import { setTheme, type Theme } from "@/features/shell/theme";
import type { Role } from "@/lib/auth";
import { useStore } from "@/lib/store";
import { toLocalInput } from "@/lib/time";

export interface Action {
  name: string;
  Icon: LucideIcon;
  /** Where it leads, below the organization; or what it does. */
  to?: string;
  run?: () => void;
  /** Other words that somebody may look for it by. */
  words?: string[];
}

interface Offer extends Action {
  needs: Role;
}

const SETTINGS: [path: string, name: string, needs: Role][] = [
  ["members", "Members", "viewer"],
  ["api-keys", "API keys", "admin"],
  ["nats-access", "NATS access", "viewer"],
  ["audit-log", "Audit log", "admin"],
  ["account", "Account", "viewer"],
];
const THEMES: [theme: Theme, name: string, Icon: LucideIcon][] = [
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
  ["system", "Light or dark, as the system", Palette],
];

function todo(timeZone: string): Offer[] {
  const today = toLocalInput(new Date(), timeZone).slice(0, 10);
  return [
    { name: "Report an incident", Icon: Megaphone, to: "/incidents/new", needs: "responder", words: ["new", "outage"] },
    {
      name: "Plan maintenance",
      Icon: CalendarPlus,
      to: `/maintenance?new=${today}`,
      needs: "responder",
      words: ["new", "window"],
    },
    { name: "Invite a colleague", Icon: UserPlus, to: "/settings/members", needs: "admin", words: ["member", "team"] },
    {
      name: "Show shortcuts",
      Icon: Keyboard,
      needs: "viewer",
      run: () => useStore.setState({ isShortcutListOpen: true }),
    },
    ...THEMES.map(([theme, name, Icon]) => ({
      name: `Appearance: ${name}`,
      Icon,
      needs: "viewer" as const,
      run: () => setTheme(theme),
    })),
  ];
}

const PLACES_TO_GO: Offer[] = [
  ...PLACES.map(({ name, path, Icon }) => ({ name, Icon, to: path, needs: "viewer" as const })),
  ...SETTINGS.map(([path, name, needs]) => ({
    name: `Settings: ${name}`,
    Icon: Settings,
    to: `/settings/${path}`,
    needs,
  })),
];

export function actionsFor(may: (needed: Role) => boolean, timeZone: string): { title: string; actions: Action[] }[] {
  return [
    { title: "Do", actions: todo(timeZone).filter(({ needs }) => may(needs)) },
    { title: "Go to", actions: PLACES_TO_GO.filter(({ needs }) => may(needs)) },
  ];
}
