/** The next maintenance windows. */
import Link from "next/link";
import { ListedWindow } from "@/components/listed";
import { Section } from "@/components/section";
import { Button } from "@/components/ui/button";
import type { Window } from "@/features/overview/use-overview";
import { useOrganization } from "@/features/shell/organization";

export function NextWindows({ windows }: { windows: Window[] }) {
  const { slug } = useOrganization();
  return (
    <Section
      title="Next maintenance"
      aside={
        <Button asChild kind="quiet" size="small">
          <Link href={`/${slug}/maintenance`}>Calendar</Link>
        </Button>
      }
    >
      {windows.length > 0 ? (
        <ul className="rounded-lg border">
          {windows.map((window) => (
            <ListedWindow key={window.id} window={window} slug={slug} />
          ))}
        </ul>
      ) : (
        <p className="text-quiet">None is planned.</p>
      )}
    </Section>
  );
}
