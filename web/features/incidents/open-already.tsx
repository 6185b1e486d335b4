/** Says first that an open incident names a service that was chosen: usually that one needs an update, not the page another incident. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { StatusIcon } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import type { Content, Incident } from "@/features/incidents/content";
import { blankUpdate, updateDrafts } from "@/features/incidents/update-content";
import { useOrganization } from "@/features/shell/organization";
import { Drafts } from "@/lib/drafts";
import { queries } from "@/lib/queries";

export function OpenAlready({ content }: { content: Content }) {
  const organization = useOrganization();
  const router = useRouter();
  const { data } = useInfiniteQuery(queries.incidents(organization, { state: "open" }));
  const open = data?.pages.flatMap(({ items }) => items) ?? [];
  const naming = open.filter(({ services }) => services.some(({ service_id }) => service_id in content.affected));
  if (naming.length === 0) return null;

  /** What was typed goes along. */
  function addUpdate(incident: Incident) {
    const { message } = content;
    if (message) updateDrafts(organization.id, incident.id).write({ ...blankUpdate(incident), message });
    new Drafts<Content>("incident", organization.id).clear();
    router.push(`/${organization.slug}/incidents/${incident.id}#update`);
  }

  return (
    <ul aria-label="Incidents that are open already" className="flex flex-col gap-2">
      {naming.map((incident) => (
        <li
          key={incident.id}
          className="flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border border-degraded px-3 py-2"
        >
          <StatusIcon status={incident.status} />
          <p className="min-w-48 flex-1">
            <span className="font-medium">{incident.title}</span> is open already and names{" "}
            {incident.services
              .filter(({ service_id }) => service_id in content.affected)
              .map(({ name }) => name)
              .join(", ")}
            .
          </p>
          <Button className="max-sm:w-full" onClick={() => addUpdate(incident)}>
            Add an update instead
          </Button>
        </li>
      ))}
    </ul>
  );
}
