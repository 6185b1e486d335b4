"use client";
/** Published, and whether visitors see it: what the page itself says, not what is hoped. */
import { useQuery } from "@tanstack/react-query";
import { Check, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import type { Incident } from "@/features/incidents/content";
import { forget, holds, type Published, usePublications, visible } from "@/features/incidents/publications";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";
import { useStore } from "@/lib/store";

const WARN_AFTER_MS = 10_000;
const ASK_EVERY_MS = 2000;

export function PublishedNotice({ incident }: { incident: Incident }) {
  const publication = usePublications((all) => all[incident.id]);
  if (!publication) return null;
  return (
    <div role="status" className="mb-5 flex items-start gap-2 rounded-lg border bg-sunken py-2 pr-1 pl-3">
      <div className="min-w-0 flex-1 py-1.5 touch:py-2.5">
        {incident.visibility === "internal" ? (
          <Line Icon={Check} tone="text-ok">
            Published. Members alone see it.
          </Line>
        ) : (
          <Seen incidentId={incident.id} publication={publication} />
        )}
      </div>
      <Button kind="quiet" size="icon" aria-label="Dismiss" onClick={() => forget(incident.id)}>
        <X aria-hidden />
      </Button>
    </div>
  );
}

function Seen({ incidentId, publication }: { incidentId: string; publication: Published }) {
  const organization = useOrganization();
  const { updateId, sentAt, visibleAfterMs } = publication;
  const isWaited = visibleAfterMs === null;
  const isConnected = useStore((state) => state.connection === "connected");
  const page = useQuery({
    ...queries.publicPage(organization),
    // The socket tells of it; without one the page is asked.
    refetchInterval: isWaited && !isConnected ? ASK_EVERY_MS : false,
  });
  const isSeen = page.data !== undefined && holds(page.data, incidentId, updateId);
  useEffect(() => {
    // Visitors may see it before the answer is here: of two updates, each is seen from its first moment on then.
    if (isSeen && isWaited) visible(incidentId, Date.now());
  }, [isSeen, isWaited, incidentId]);
  const isLate = useIsPast(sentAt + WARN_AFTER_MS) && isWaited;

  if (!isWaited) {
    return (
      <Line Icon={Check} tone="text-ok">
        Published. Visible to visitors, {(visibleAfterMs / 1000).toFixed(1)} s
      </Line>
    );
  }
  if (!isLate) {
    return (
      <Line Icon={LoaderCircle} tone="animate-spin text-quiet">
        Published. On its way to visitors
      </Line>
    );
  }
  return (
    <>
      <Line Icon={TriangleAlert} tone="text-degraded">
        Published, but visitors do not see it yet
      </Line>
      <p className="mt-1 text-quiet">
        It is kept and will reach them; publishing it again does not help. Look at the page yourself, and tell people on
        another channel if it takes longer.
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button asChild>
          <a href={`/p/${organization.slug}/`} target="_blank" rel="noreferrer">
            Open the page
          </a>
        </Button>
        <Button onClick={() => void page.refetch()} busy={page.isFetching}>
          Look again
        </Button>
      </div>
    </>
  );
}

function Line({ Icon, tone, children }: { Icon: typeof Check; tone: string; children: React.ReactNode }) {
  return (
    <p className="flex items-center gap-2">
      <Icon className={`size-4 shrink-0 ${tone}`} aria-hidden />
      <span>{children}</span>
    </p>
  );
}

function useIsPast(time: number): boolean {
  const [isPast, setPast] = useState(() => Date.now() >= time);
  useEffect(() => {
    setPast(Date.now() >= time);
    const timer = setTimeout(() => setPast(true), Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  }, [time]);
  return isPast;
}
