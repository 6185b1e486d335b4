"use client";
/**
 * Services with the status that people set just now, and setting it. It is shown before the service has answered; a refusal takes it back by
 * itself, because what is under way lies over what was fetched and does not replace it.
 */
import { useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { keepAnswer } from "@/features/services/answers";
import { useOrganization } from "@/features/shell/organization";
import type { components } from "@/lib/api/catalog";
import { data } from "@/lib/api/client";
import { asProblem } from "@/lib/problem";
import { queries } from "@/lib/queries";
import { lookOf, type ServiceStatus, worst } from "@/lib/status";
import { toast } from "@/lib/store";

export type Service = components["schemas"]["ServiceView"];

interface Input {
  service: Service;
  status: ServiceStatus;
  isUndo?: boolean;
}

const keyOf = (organizationId: string) => ["set-status", organizationId];

/** All services, in order of creation. */
export function useServices() {
  const query = useQuery(queries.services(useOrganization()));
  const shown = useShown();
  return { ...query, data: useMemo(() => query.data?.map(shown), [query.data, shown]) };
}

export function useService(id: string) {
  const query = useQuery(queries.service(useOrganization(), id));
  const shown = useShown();
  return { ...query, data: query.data && shown(query.data) };
}

function useShown(): (service: Service) => Service {
  const { id } = useOrganization();
  const pending = useMutationState({
    filters: { mutationKey: keyOf(id), status: "pending" },
    select: ({ state }) => state.variables as Input,
  });
  return useMemo(() => {
    const set = new Map(pending.map(({ service, status }) => [service.id, status]));
    return (service) => {
      const status = set.get(service.id);
      return status ? withBase(service, status) : service;
    };
  }, [pending]);
}

/** What it is like when people set this: an open incident may go on saying worse. */
export function withBase(service: Service, status: ServiceStatus): Service {
  return { ...service, base_status: status, status: worst([status, ...service.causes.map((cause) => cause.status)]) };
}

export function useSetStatus(): (input: Input) => void {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const { mutate } = useMutation({
    mutationKey: keyOf(id),
    // One after the other: the last one that was chosen is the one that holds.
    scope: { id: `set-status ${id}` },
    mutationFn: ({ service, status }: Input) =>
      data(
        api.PUT("/api/catalog/v1/services/{service_id}/status", {
          params: { path: { service_id: service.id } },
          body: { status },
        }),
      ),
    onSuccess: (answer, { service, status, isUndo }) => {
      keepAnswer(cache, id, answer);
      const text = `${answer.name} set ${isUndo ? "back " : ""}to ${lookOf(status).word}`;
      const stays = answer.status === status ? "" : `, stays ${lookOf(answer.status).word}`;
      const undo = () => mutate({ service: answer, status: service.base_status, isUndo: true });
      toast(text + stays, isUndo ? {} : { action: { label: "Undo", run: undo } });
    },
    onError: (thrown, input) => {
      const { title } = asProblem(thrown);
      toast(`${input.service.name} stays as it was. ${title}`, {
        kind: "failed",
        action: { label: "Try again", run: () => mutate(input) },
      });
    },
  });
  return ({ service, status, ...rest }) => service.base_status !== status && mutate({ service, status, ...rest });
}
