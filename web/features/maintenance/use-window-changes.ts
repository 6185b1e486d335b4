import { useQueryClient } from "@tanstack/react-query";
import { useShow } from "@/features/maintenance/actions";
import { changedWindow, valuesOfWindow } from "@/features/maintenance/form-values";
import type { WindowView } from "@/features/maintenance/queries";
import { type Changes, useChanges } from "@/features/maintenance/use-changes";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { queries } from "@/lib/queries";

/** The form of one window, whichever of its fields are shown. */
export function useWindowChanges(kept: WindowView, timeZone: string, onSaved: () => void): Changes {
  const organization = useOrganization();
  const cache = useQueryClient();
  const show = useShow();
  return useChanges({
    kept,
    timeZone,
    valuesOf: (window: WindowView) => valuesOfWindow(window, timeZone),
    send: async (before, after, version) => {
      const params = { path: { maintenance_id: kept.id } };
      const body = changedWindow(before, after, timeZone);
      const headers = ifMatch(version);
      const path = "/api/maintenance/v1/maintenances/{maintenance_id}";
      show(await data(organization.api.PATCH(path, { params, headers, body })));
    },
    fresh: () => cache.fetchQuery({ ...queries.maintenance(organization, kept.id), staleTime: 0 }),
    onSaved,
  });
}
