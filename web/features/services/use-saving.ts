"use client";
/** Sends the form of a service: a new one once, however often it is sent; an old one for the version that is shown, settled with whoever was faster. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Clash } from "@/components/conflict";
import { keepAnswer } from "@/features/services/answers";
import { BLANK, changesOf, type Settled, settle, type Values, valuesOf } from "@/features/services/service-form";
import { useChangeOrder } from "@/features/services/use-order";
import type { Service } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { type SentForm, useSentForm } from "@/lib/form";
import { Problem } from "@/lib/problem";
import { queries } from "@/lib/queries";
import { toast } from "@/lib/store";

export function useCreate(group: string, onSaved: () => void): SentForm<Values> {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const changeOrder = useChangeOrder();
  // The same again is the same request: when the answer was lost, the service may be there already.
  const sent = useRef({ body: "", key: "" });
  return useSentForm<Values>({
    defaultValues: { ...BLANK, group },
    send: async ({ group: into, start_date, ...values }) => {
      const body = { ...values, ...(start_date && { start_date }) };
      const written = JSON.stringify(body);
      if (sent.current.body !== written) sent.current = { body: written, key: crypto.randomUUID() };
      const headers = { "Idempotency-Key": sent.current.key };
      const service = await data(api.POST("/api/catalog/v1/services", { body, headers }));
      keepAnswer(cache, id, service);
      if (into) changeOrder({ change: { kind: "place", id: service.id, into, before: null } });
      toast(`${service.name} created`);
      onSaved();
    },
  });
}

export interface Saving {
  form: SentForm<Values>;
  /** Empty as long as nobody was faster. */
  clashes: Clash[];
  keepMine: () => void;
  takeTheirs: () => void;
}

export function useSave(service: Service, onSaved: () => void): Saving {
  const organization = useOrganization();
  const { id, api } = organization;
  const cache = useQueryClient();
  const [before, setBefore] = useState(service);
  const [settled, setSettled] = useState<Settled | null>(null);

  async function send(known: Service, values: Values): Promise<void> {
    const change = changesOf(valuesOf(known), values);
    if (Object.keys(change).length === 0) return;
    const path = { service_id: service.id };
    const headers = ifMatch(known.version);
    keepAnswer(
      cache,
      id,
      await data(api.PATCH("/api/catalog/v1/services/{service_id}", { params: { path }, body: change, headers })),
    );
  }

  const form = useSentForm<Values>({
    defaultValues: valuesOf(service),
    send: async (mine) => {
      setSettled(null);
      try {
        await send(before, mine);
      } catch (thrown) {
        if (!(thrown instanceof Problem && thrown.status === 412)) throw thrown;
        const fresh = await cache.fetchQuery({ ...queries.service(organization, service.id), staleTime: 0 });
        const found = settle(valuesOf(before), mine, valuesOf(fresh));
        setBefore(fresh);
        // What is kept by now is theirs, and what differs from it is not saved.
        form.reset(valuesOf(fresh));
        form.reset(found.mine, { keepDefaultValues: true });
        if (found.clashes.length > 0) {
          setSettled(found);
          throw thrown;
        }
        await send(fresh, found.mine);
      }
      toast("Saved");
      onSaved();
    },
  });
  return {
    form,
    clashes: settled?.clashes ?? [],
    keepMine: () => void form.submit(),
    takeTheirs: () => {
      if (settled) form.reset(settled.theirs, { keepDefaultValues: true });
      setSettled(null);
    },
  };
}
