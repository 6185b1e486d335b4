"use client";
/** Where the page is, for people and for programs. */
import { Copy } from "lucide-react";
import { Section } from "@/components/section";
import { Button } from "@/components/ui/button";
import { useOrganization } from "@/features/shell/organization";
import { toast } from "@/lib/store";

export function PageLinks() {
  const { slug } = useOrganization();
  const page = `/p/${slug}/`;
  const links = [
    { name: "Status page", path: page },
    { name: "History", path: `${page}history` },
    { name: "Feed (Atom)", path: `${page}history.atom` },
    { name: "Calendar of maintenance", path: `/api/public/v1/pages/${slug}/maintenance.ics` },
    { name: "Badge", path: `${page}badge.svg` },
    { name: "For programs (JSON)", path: `/api/public/v1/pages/${slug}` },
  ];
  return (
    <Section title="Your page">
      <ul className="rounded-lg border py-1">
        {links.map(({ name, path }) => (
          <li key={path} className="flex items-center gap-2 pr-1 pl-3">
            <a
              href={path}
              className="min-w-0 flex-1 truncate py-1 hover:underline touch:flex touch:min-h-11 touch:items-center"
            >
              {name}
            </a>
            <Button kind="quiet" size="icon" aria-label={`Copy the address: ${name}`} onClick={() => void copy(path)}>
              <Copy aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

async function copy(path: string): Promise<void> {
  const address = window.location.origin + path;
  try {
    await navigator.clipboard.writeText(address);
    toast("Address copied");
  } catch {
    toast(`Your browser does not let it be copied: ${address}`, { kind: "failed" });
  }
}
