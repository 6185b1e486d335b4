/** Services whose own status is still bad when an incident is resolved: it was set by hand, so nothing but a hand sets it back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { StatusLabel } from "@/components/status-icon";
import type { Incident } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import type { components } from "@/lib/api/catalog";
import { asProblem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";
import { toast } from "@/lib/store";

type Service = components["schemas"]["ServiceView"];

/** Those that the incident names. */
export function useStillBad(incident: Incident): Service[] {
  const { data: services = [] } = useQuery(queries.services(useOrganization()));
  const named = new Set(incident.services.map(({ service_id }) => service_id));
  return services.filter(({ id, base_status }) => named.has(id) && base_status !== "operational");
}

interface Props {
  services: Service[];
  /** The ids of those that are ticked. */
  restored: string[];
  onChange: (restored: string[]) => void;
}

export function StillBad({ services, restored, onChange }: Props) {
  if (services.length === 0) return null;
  return (
    <fieldset className="rounded-lg border p-3">
      <legend className="px-1 font-medium">Still bad by themselves</legend>
      <p className="text-quiet">Somebody set these statuses by hand; they outlast the incident.</p>
      {services.map(({ id, name, base_status }) => (
        <div key={id} className="flex min-h-9 flex-wrap items-center gap-x-3 touch:min-h-11">
          <label className="flex min-w-0 flex-1 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 shrink-0 accent-accent"
              checked={restored.includes(id)}
              onChange={({ target }) =>
                onChange(target.checked ? [...restored, id] : restored.filter((other) => other !== id))
              }
            />
            <span className="wrap-anywhere min-w-0">Set {name} operational</span>
          </label>
          <StatusLabel status={base_status} className="text-quiet text-xs" />
        </div>
      ))}
    </fieldset>
  );
}

const REASON_MAX = 200;

/** restore(ids, title of the incident) sets services operational, once it is resolved; says when that could not be done. */
export function useRestoring(): (ids: string[], title: string) => Promise<void> {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  return useCallback(
    async function restore(ids: string[], title: string): Promise<void> {
      if (ids.length === 0) return;
      try {
        await api.POST("/api/catalog/v1/services/status", {
          body: { service_ids: ids, status: "operational", reason: `Resolved: ${title}`.slice(0, REASON_MAX) },
        });
        toast(ids.length === 1 ? "The service is set operational" : `${ids.length} services are set operational`);
      } catch (thrown) {
        // The same status again changes nothing, so all of them are tried again.
        const text = `Services may not be set operational: ${asProblem(thrown).title}`;
        toast(text, { kind: "failed", action: { label: "Try again", run: () => void restore(ids, title) } });
      }
      void cache.invalidateQueries({ queryKey: keys.services(id) });
    },
    [api, cache, id],
  );
}
