/** What the form of the page's settings holds, and what of it is a change. Fields that a page may lack are "" where it lacks them. */
import type { Clash } from "@/components/conflict";
import { COLOR } from "@/features/settings/contrast";
import type { components } from "@/lib/api/catalog";
import type { components as Public } from "@/lib/api/public";

export type PageSettings = components["schemas"]["PageSettings"];
type Change = components["schemas"]["ChangePage"];
type Preview = Public["schemas"]["TypedPage"];

export interface PageValues {
  name: string;
  slug: string;
  description: string;
  time_zone: string;
  theme: PageSettings["theme"];
  accent_color: string;
  logo_url: string;
  favicon_url: string;
  support_url: string;
  links: { label: string; url: string }[];
  search_engines_allowed: boolean;
  history_days: number;
}

type FieldName = keyof PageValues;

export const FIELD_NAMES: Record<FieldName, string> = {
  name: "Name",
  slug: "Address",
  description: "About",
  time_zone: "Time zone",
  theme: "Light or dark",
  accent_color: "Colour of links",
  logo_url: "Logo",
  favicon_url: "Icon of the tab",
  support_url: "Support",
  links: "Links",
  search_engines_allowed: "Search engines",
  history_days: "Days of history",
};
export const FIELDS = Object.keys(FIELD_NAMES) as FieldName[];
const MAIL = /^[^\s@/:]+@[^\s@/]+$/;

export function valuesOf(page: PageSettings): PageValues {
  const { name, slug, description, time_zone, theme, search_engines_allowed, history_days } = page;
  return {
    ...{ name, slug, description, time_zone, theme, search_engines_allowed, history_days },
    accent_color: page.accent_color ?? "",
    logo_url: page.logo_url ?? "",
    favicon_url: page.favicon_url ?? "",
    support_url: page.support_url ?? "",
    links: page.links.map(({ label, url }) => ({ label, url })),
  };
}

/** As catalog and the preview take it: nothing is null, and a bare mail address becomes a link. */
export function asSettings(values: PageValues) {
  const orNull = (text: string) => text.trim() || null;
  const support = values.support_url.trim();
  return {
    ...values,
    accent_color: orNull(values.accent_color),
    logo_url: orNull(values.logo_url),
    favicon_url: orNull(values.favicon_url),
    support_url: orNull(MAIL.test(support) ? `mailto:${support}` : support),
  };
}

const ADDRESS = /^https?:\/\/[^\s/]/i;

/** What of it the page can be shown with: half typed addresses and colours are left out. Null without a name. */
export function previewOf(values: PageValues): Preview | null {
  const { name, description, theme, accent_color, logo_url, favicon_url, support_url, links } = asSettings(values);
  const whole = (address: string | null) => (address && ADDRESS.test(address) ? address : null);
  return name.trim()
    ? {
        ...{ kind: "page", name, description, theme },
        accent_color: accent_color && COLOR.test(accent_color) ? accent_color : null,
        logo_url: whole(logo_url),
        favicon_url: whole(favicon_url),
        support_url: support_url?.startsWith("mailto:") ? support_url : whole(support_url),
        links: links.filter(({ label, url }) => label.trim() && whole(url)),
      }
    : null;
}

/** Only what differs, so that what somebody else changed meanwhile stays. */
export function changeOf(before: PageValues, mine: PageValues): Change {
  const settings = asSettings(mine);
  return Object.fromEntries(
    FIELDS.filter((field) => differs(before, mine, field)).map((field) => [field, settings[field]]),
  );
}

/** What both changed, and not to the same. */
export function clashesOf(before: PageValues, theirs: PageValues, mine: PageValues): Clash[] {
  return FIELDS.filter(
    (field) => differs(before, theirs, field) && differs(before, mine, field) && differs(theirs, mine, field),
  ).map((field) => ({ field: FIELD_NAMES[field], theirs: said(theirs[field]), mine: said(mine[field]) }));
}

/** Theirs, with what I changed. */
export function merged(before: PageValues, theirs: PageValues, mine: PageValues): PageValues {
  const changed = FIELDS.filter((field) => differs(before, mine, field)).map((field) => [field, mine[field]]);
  return { ...theirs, ...Object.fromEntries(changed) };
}

function differs(one: PageValues, other: PageValues, field: FieldName): boolean {
  return JSON.stringify(one[field]) !== JSON.stringify(other[field]);
}

export function said(value: PageValues[FieldName]): string {
  if (Array.isArray(value)) return value.map(({ label, url }) => `${label}: ${url}`).join("\n");
  if (typeof value === "boolean") return value ? "Allowed" : "Not allowed";
  return String(value);
}
