"use client";
/**
 * The order of services and groups as it is shown, and changes of it. What is under way is shown at once, laid over what the service last
 * said: so a refusal takes it back by itself. Changes are sent one after the other, each for the newest version.
 */
import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { apply, type Change, type Entry, inverse, orderOf } from "@/features/services/layout";
import { useOrganization } from "@/features/shell/organization";
import type { components } from "@/lib/api/catalog";
import { data, ifMatch } from "@/lib/api/client";
import { mergeNewer } from "@/lib/events";
import { asProblem, Problem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";
import { toast } from "@/lib/store";

type Layout = components["schemas"]["Layout"];

interface Input {
  change: Change;
  /** What is said when it is done, with an Undo; nothing for what is seen anyway. */
  done?: string | undefined;
}

const keyOf = (organizationId: string) => ["order", organizationId];

/** The order, with what is under way. */
export function useShownOrder(layout: Layout | undefined, services: { id: string }[] | undefined): Entry[] | undefined {
  const { id } = useOrganization();
  const pending = useMutationState({
    filters: { mutationKey: keyOf(id), status: "pending" },
    select: ({ state }) => (state.variables as Input).change,
  });
  return useMemo(
    () => layout && services && pending.reduce(apply, orderOf(layout, services)),
    [layout, services, pending],
  );
}

export function useChangeOrder(): (input: Input) => void {
  const organization = useOrganization();
  const { id, api } = organization;
  const cache = useQueryClient();

  async function present({ isFresh }: { isFresh: boolean }) {
    const staleTime = isFresh ? 0 : Number.POSITIVE_INFINITY;
    const [layout, services] = await Promise.all([
      cache.fetchQuery({ ...queries.layout(organization), staleTime }),
      cache.fetchQuery({ ...queries.services(organization), staleTime }),
    ]);
    return { version: layout.version, order: orderOf(layout, services) };
  }

  async function send(change: Change, options: { isFresh: boolean }) {
    const { version, order } = await present(options);
    const entries = apply(order, change);
    const answer = data(api.PUT("/api/catalog/v1/layout", { body: { entries }, headers: ifMatch(version) }));
    return { layout: await answer, undo: inverse(order, change) };
  }

  const { mutate } = useMutation({
    mutationKey: keyOf(id),
    scope: { id: `order ${id}` },
    mutationFn: async ({ change }: Input) => {
      try {
        return await send(change, { isFresh: false });
      } catch (thrown) {
        // Somebody else changed the order, or a service is gone: a change means the same on what is there now.
        if (!(thrown instanceof Problem && (thrown.status === 412 || thrown.type === "unknown-service"))) throw thrown;
        return send(change, { isFresh: true });
      }
    },
    onSuccess: ({ layout, undo }, { done }) => {
      cache.setQueryData<Layout>(keys.layout(id), (known) => (known ? mergeNewer(known, layout) : layout));
      if (!done) return;
      toast(done, undo ? { action: { label: "Undo", run: () => mutate({ change: undo }) } } : {});
    },
    onError: (thrown, input) => {
      const { title, detail } = asProblem(thrown);
      toast(`The order stays as it was. ${title}${detail ? `: ${detail}` : ""}`, {
        kind: "failed",
        action: { label: "Try again", run: () => mutate(input) },
      });
    },
  });
  return mutate;
}
