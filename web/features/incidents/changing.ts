/** Changes of one incident by somebody who looks at it: each is sent for the version that is shown, and its answer is shown at once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Incident } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import { mergeNewer } from "@/lib/events";
import { Problem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";

interface Options<Input> {
  incident: Incident;
  /** Sends it with `If-Match` for the version of the incident that it gets. */
  send: (input: Input, incident: Incident) => Promise<Incident>;
  /** Whether what somebody else did meanwhile leaves the change as it was meant: then it is sent again by itself. */
  stillMeant: (fresh: Incident) => boolean;
  onDone: (changed: Incident) => void;
}

export function useChange<Input>({ incident, send, stillMeant, onDone }: Options<Input>) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const put = usePut();
  return useMutation<Incident, unknown, Input>({
    mutationFn: async (input) => {
      try {
        return await send(input, incident);
      } catch (thrown) {
        if (!(thrown instanceof Problem && thrown.status === 412)) throw thrown;
        const fresh = await cache.fetchQuery({ ...queries.incident(organization, incident.id), staleTime: 0 });
        if (!stillMeant(fresh)) throw thrown;
        return send(input, fresh);
      }
    },
    onSuccess: (changed) => {
      put(changed);
      onDone(changed);
    },
  });
}

/** Shows what an API answered, unless something newer is shown already. */
export function usePut(): (answered: Incident) => void {
  const { id } = useOrganization();
  const cache = useQueryClient();
  return (answered) => {
    cache.setQueryData<Incident>(keys.incident(id, answered.id), (known) =>
      known ? mergeNewer(known, answered) : answered,
    );
    void cache.invalidateQueries({ queryKey: keys.incidents(id) });
  };
}

/** Whether a refusal is said elsewhere: as theirs and mine. */
export function isStale(error: unknown): boolean {
  return error instanceof Problem && error.status === 412;
}
