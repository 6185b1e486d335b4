/** Addresses inside the console. */

/** Where somebody was going, if that is a path here; an address of elsewhere must not be followed after signing in. */
export function safePath(to: string | null): string | null {
  return to !== null && /^\/(?![/\\])/.test(to) && !/[\t\r\n]/.test(to) ? to : null;
}

export function signInPath(to: string): string {
  return `/sign-in?to=${encodeURIComponent(to)}`;
}

/** The same page of another organization, or its overview where the page is about one thing of the first. */
export function inOrganization(path: string, slug: string): string {
  const section = path.split("/")[2];
  return section ? `/${slug}/${section}` : `/${slug}`;
}

/** A slug as catalog accepts it, proposed from a name. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-|-$/g, "");
}
