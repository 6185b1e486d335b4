"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Ago, Timestamp } from "@/components/timestamp";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { ApiKey } from "@/features/settings/queries";
import { ROLES } from "@/features/settings/roles";
import { useOrganization } from "@/features/shell/organization";
import { asProblem, Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";
import { absolute } from "@/lib/time";

/** One key: how it begins, what it may do, until when, and when it was last used. */
export function KeyRow({ apiKey: { id, name, role, hint, created_at, expires_at, last_used_at } }: { apiKey: ApiKey }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2">
      <div className="min-w-40 flex-1">
        <p className="wrap-anywhere flex flex-wrap items-center gap-2 font-medium">
          {name} <Badge>{ROLES[role].name}</Badge>
        </p>
        <p className="flex flex-wrap items-center gap-x-3 text-quiet text-xs">
          <code className="font-mono">{hint}…</code>
          <span>
            Made <Ago time={created_at} />
          </span>
          <span>
            {last_used_at ? (
              <>
                Last used <Timestamp time={last_used_at} />
              </>
            ) : (
              "Never used"
            )}
          </span>
          <span>{expires_at ? `Ends ${absolute(expires_at)}` : "Does not end"}</span>
        </p>
      </div>
      <Revocation id={id} name={name} />
    </li>
  );
}

function Revocation({ id, name }: { id: string; name: string }) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const revoke = useMutation({
    mutationFn: () =>
      organization.api.DELETE("/api/identity/v1/api-keys/{key_id}", { params: { path: { key_id: id } } }),
    onSuccess: () => toast(`${name} is revoked`),
    onError: (thrown) => {
      // Somebody else was first, or it ended: it is good no more, as was wished.
      if (thrown instanceof Problem && thrown.status === 404) return;
      toast(`${name} is still good: ${asProblem(thrown).message}`, { kind: "failed" });
    },
    onSettled: () => {
      setAsked(false);
      return cache.invalidateQueries({ queryKey: keys.apiKeys(organization.id) });
    },
  });
  return (
    <>
      <Button kind="danger" aria-label={`Revoke ${name}`} onClick={() => setAsked(true)}>
        Revoke
      </Button>
      <Confirm
        open={isAsked}
        onOpenChange={setAsked}
        title={`Revoke ${name}`}
        action="Revoke"
        onConfirm={() => revoke.mutate()}
        busy={revoke.isPending}
      >
        Whatever uses it is refused within seconds. A revoked key does not come back.
      </Confirm>
    </>
  );
}
