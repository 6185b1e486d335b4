"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FormError } from "@/components/error-state";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { type Invitation, settingsQueries } from "@/features/settings/queries";
import { ROLES } from "@/features/settings/roles";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";
import { asProblem, Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

/** Those that are not used yet. */
export function Invitations() {
  const organization = useOrganization();
  const { data: invitations, error } = useQuery(settingsQueries.invitations(organization));
  return (
    <Section title="Invited" intro="To send the mail again, invite the same address once more.">
      {error && !invitations && <FormError error={error} />}
      {!invitations && !error && <Skeleton className="h-14" />}
      {invitations?.length === 0 && <p className="text-quiet">Nobody is waiting to join.</p>}
      {invitations && invitations.length > 0 && (
        <ul className="divide-y rounded-lg border">
          {invitations.map((invitation) => (
            <Row key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Row({ invitation: { id, email, role, expires_at } }: { invitation: Invitation }) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () =>
      organization.api.DELETE("/api/identity/v1/invitations/{invitation_id}", {
        params: { path: { invitation_id: id } },
      }),
    onSuccess: () => toast(`The invitation of ${email} is withdrawn`),
    onError: (thrown) => {
      // Used or withdrawn meanwhile: the list says so in a moment.
      if (thrown instanceof Problem && thrown.status === 404) return;
      toast(`${email} is still invited: ${asProblem(thrown).message}`, { kind: "failed" });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.invitations(organization.id) }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <div className="min-w-40 flex-1">
        <p className="wrap-anywhere">{email}</p>
        <p className="text-quiet text-xs">
          {ROLES[role].name}, ends <Timestamp time={expires_at} />
        </p>
      </div>
      <Button
        kind="danger"
        aria-label={`Withdraw ${email}`}
        busy={withdraw.isPending}
        onClick={() => withdraw.mutate()}
      >
        Withdraw
      </Button>
    </li>
  );
}
