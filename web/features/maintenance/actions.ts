/** What is done with a window: requests, and what they change of what is shown. */
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Window, WindowView } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { mergeNewer } from "@/lib/events";
import { Problem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";

export type Move = "start" | "complete" | "extend" | "cancel";

/** What an API answered is shown at once; the socket's event of the same change comes later and changes nothing. */
export function useShow(): (answered: WindowView) => void {
  const { id } = useOrganization();
  const cache = useQueryClient();
  return (answered) => {
    cache.setQueryData<WindowView>(keys.maintenance(id, answered.id), (known) =>
      known ? { ...mergeNewer(known, answered), overlaps: answered.overlaps } : answered,
    );
    void cache.invalidateQueries({ queryKey: keys.maintenances(id) });
  };
}

interface Making {
  /** Of this version: who looks at another one does not know what they do. */
  window: Window;
  message: string;
  /** Of extend. */
  end?: Date | undefined;
  /** The same for every attempt: a move whose answer was lost is made once. */
  key: string;
}

export function useMove(move: Move) {
  const { api } = useOrganization();
  const show = useShow();
  return useMutation({
    mutationFn: ({ window, message, end, key }: Making) => {
      const params = { path: { maintenance_id: window.id } };
      const headers = { ...ifMatch(window.version), "Idempotency-Key": key };
      if (move === "extend") {
        const body = { message, scheduled_end: (end ?? new Date(window.scheduled_end)).toISOString() };
        return data(api.POST("/api/maintenance/v1/maintenances/{maintenance_id}/extend", { params, headers, body }));
      }
      return data(
        api.POST(`/api/maintenance/v1/maintenances/{maintenance_id}/${move}`, { params, headers, body: { message } }),
      );
    },
    onSuccess: show,
  });
}

/**
 * A change of one update that said `before`, sent for the version of the window that is shown. When others did something else meanwhile it is
 * sent again; when they changed that update, it is refused as stale.
 */
export function useUpdateChange(
  window: WindowView,
  updateId: string,
  before: string,
  send: (version: number) => Promise<WindowView>,
): UseMutationResult<WindowView, unknown, void> {
  const organization = useOrganization();
  const cache = useQueryClient();
  const show = useShow();
  return useMutation<WindowView, unknown, void>({
    mutationFn: async () => {
      try {
        return await send(window.version);
      } catch (thrown) {
        if (!isStale(thrown)) throw thrown;
        const fresh = await cache.fetchQuery({ ...queries.maintenance(organization, window.id), staleTime: 0 });
        const isLeftAlone = fresh.updates.some(({ id, message }) => id === updateId && message === before);
        if (!isLeftAlone) throw thrown;
        return send(fresh.version);
      }
    },
    onSuccess: show,
  });
}

/** Whether somebody was faster. */
export function isStale(thrown: unknown): boolean {
  return thrown instanceof Problem && thrown.status === 412;
}
