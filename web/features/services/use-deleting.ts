"use client";
/** Deletes a service, and brings one back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dropService, keepAnswer } from "@/features/services/answers";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { asProblem, Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

interface Named {
  id: string;
  name: string;
}

export function useRestore() {
  const { id: organizationId, api } = useOrganization();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Named) =>
      data(
        api.POST("/api/catalog/v1/services/{deleted_service_id}/restore", {
          params: { path: { deleted_service_id: id } },
        }),
      ),
    onSuccess: (answer) => {
      keepAnswer(cache, organizationId, answer);
      void cache.invalidateQueries({ queryKey: keys.services(organizationId) });
      void cache.invalidateQueries({ queryKey: keys.layout(organizationId) });
      toast(`${answer.name} is back`);
    },
    onError: (thrown, { name }) => {
      // Somebody else may have been faster: then it is there.
      void cache.invalidateQueries({ queryKey: keys.services(organizationId) });
      toast(`${name} is not restored. ${asProblem(thrown).title}`, { kind: "failed" });
    },
  });
}

export function useDelete({ onDeleted }: { onDeleted: () => void }) {
  const { id: organizationId, api } = useOrganization();
  const cache = useQueryClient();
  const { mutate: restore } = useRestore();
  return useMutation({
    mutationFn: async ({ id }: Named) => {
      try {
        await api.DELETE("/api/catalog/v1/services/{service_id}", { params: { path: { service_id: id } } });
      } catch (thrown) {
        // Somebody else was faster, or an answer was lost.
        if (!(thrown instanceof Problem && thrown.status === 404)) throw thrown;
      }
    },
    onSuccess: (_, service) => {
      dropService(cache, organizationId, service.id);
      toast(`${service.name} deleted`, { action: { label: "Undo", run: () => restore(service) } });
      onDeleted();
    },
    onError: (thrown, { name }) => toast(`${name} is not deleted. ${asProblem(thrown).title}`, { kind: "failed" }),
  });
}
