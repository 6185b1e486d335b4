"use client";
/** Sends the form of a service: a new one once, however often it is sent; an old one for the version that is shown, settled with whoever was faster. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Clash } from "@/components/conflict";
import { keepAnswer } from "@/features/services/answers";
import { BLANK, changesOf, clashesOf, type Values, valuesOf } from "@/features/services/service-form";
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
  const [clashes, setClashes] = useState<Clash[]>([]);

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
      setClashes([]);
      try {
        await send(before, mine);
      } catch (thrown) {
        if (!(thrown instanceof Problem && thrown.status === 412)) throw thrown;
        const fresh = await cache.fetchQuery({ ...queries.service(organization, service.id), staleTime: 0 });
        const [was, theirs] = [valuesOf(before), valuesOf(fresh)];
        const found = clashesOf(was, mine, theirs);
        const settled = { ...theirs, ...changesOf(was, mine) } as Values;
        setBefore(fresh);
        form.reset(theirs);
        form.reset(settled, { keepDefaultValues: true });
        setClashes(found);
        if (found.length > 0) throw thrown;
        await send(fresh, settled);
      }
      toast("Saved");
      onSaved();
    },
  });
  return {
    form,
    clashes,
    keepMine: () => void form.submit(),
    takeTheirs: () => {
      form.reset(valuesOf(before));
      setClashes([]);
    },
  };
}
