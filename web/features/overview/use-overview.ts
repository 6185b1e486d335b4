"use client";
/** What the overview is about, all of it at once: nothing moves because something else has come. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/features/shell/organization";
import type { components as Catalog } from "@/lib/api/catalog";
import type { components as Incidents } from "@/lib/api/incidents";
import type { components as Maintenance } from "@/lib/api/maintenance";
import { queries } from "@/lib/queries";

export type Service = Catalog["schemas"]["ServiceView"];
export type Incident = Incidents["schemas"]["Incident"];
export type Window = Maintenance["schemas"]["Maintenance"];

const MOST = 100;
const NEXT_WINDOWS = 4;

export interface Known {
  services: Service[];
  openIncidents: Incident[];
  running: Window[];
  next: Window[];
  /** Whether anybody was ever told anything. */
  hasPublished: boolean;
}

export function useOverview(): { known: Known | undefined; error: unknown; retry: () => void } {
  const organization = useOrganization();
  const services = useQuery(queries.services(organization));
  const open = useInfiniteQuery(queries.incidents(organization, { state: "open" }));
  const all = useInfiniteQuery(queries.incidents(organization));
  const running = useQuery(queries.maintenances(organization, { state: "in_progress", limit: MOST }));
  const next = useQuery(queries.maintenances(organization, { state: "scheduled", limit: NEXT_WINDOWS }));
  const page = useQuery(queries.publicPage(organization));
  const past = useQuery(queries.maintenances(organization, { limit: 1 }));

  const needed = [services, open, all, running, next, past];
  const isThere = services.data && open.data && all.data && running.data && next.data && past.data && !page.isPending;
  return {
    known: isThere
      ? {
          services: services.data,
          openIncidents: open.data.pages.flatMap(({ items }) => items),
          running: running.data,
          next: next.data,
          hasPublished: past.data.length > 0 || all.data.pages.some(({ items }) => items.length > 0),
        }
      : undefined,
    error: isThere ? null : needed.find(({ error }) => error)?.error,
    retry: () => void Promise.all(needed.filter(({ error }) => error).map(({ refetch }) => refetch())),
  };
}
