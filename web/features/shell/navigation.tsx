"use client";
/** Where one can go: a column on a desktop, a bar at the thumb on a phone. */
import { CalendarClock, House, Layers, Settings, Siren } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/lib/cn";

export const PLACES = [
  { path: "", name: "Overview", Icon: House, key: "o" },
  { path: "/services", name: "Services", Icon: Layers, key: "s" },
  { path: "/incidents", name: "Incidents", Icon: Siren, key: "i" },
  { path: "/maintenance", name: "Maintenance", Icon: CalendarClock, key: "m" },
  { path: "/settings/page", name: "Settings", Icon: Settings, key: "e" },
] as const;

export function SideNavigation({ slug }: { slug: string }) {
  return (
    <nav aria-label="Console" className="flex flex-col gap-0.5">
      {PLACES.map((place) => (
        <Place
          key={place.path}
          slug={slug}
          place={place}
          className="h-8 gap-2 rounded-md px-2 aria-[current]:bg-hover aria-[current]:text-ink touch:min-h-11"
        />
      ))}
    </nav>
  );
}

export function BottomNavigation({ slug }: { slug: string }) {
  return (
    <nav
      aria-label="Console"
      className="fixed inset-x-0 bottom-0 z-40 grid grid-cols-5 border-t bg-raised pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PLACES.map((place) => (
        <Place
          key={place.path}
          slug={slug}
          place={place}
          className="h-14 flex-col justify-center gap-0.5 text-[0.6875rem] aria-[current]:text-accent"
        />
      ))}
    </nav>
  );
}

interface PlaceProps {
  slug: string;
  place: (typeof PLACES)[number];
  className: string;
}

function Place({ slug, place: { path, name, Icon }, className }: PlaceProps) {
  const here = usePathname();
  const href = `/${slug}${path}`;
  // The settings have tabs, and lists have things in them.
  const section = `/${slug}/${path.split("/")[1]}`;
  const isHere = path === "" ? here === href : here === section || here.startsWith(`${section}/`);
  return (
    <Link
      href={href}
      aria-current={isHere ? "page" : undefined}
      className={cn("flex items-center font-medium text-quiet hover:text-ink [&_svg]:size-4", className)}
    >
      <Icon aria-hidden />
      {name}
    </Link>
  );
}
