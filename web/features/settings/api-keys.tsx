"use client";
/** Keys of machines: made here, shown once, revoked here. */
import { useQuery } from "@tanstack/react-query";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { KeyRow } from "@/features/settings/key-row";
import { MakeKey } from "@/features/settings/make-key";
import { settingsQueries } from "@/features/settings/queries";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";

export function ApiKeys() {
  const organization = useOrganization();
  const { data: keys, error, refetch } = useQuery(settingsQueries.apiKeys(organization));
  if (error && !keys) return <ErrorState error={error} retry={() => void refetch()} />;
  if (keys?.length === 0) {
    return (
      <Empty title="No API keys yet" action={<MakeKey />}>
        With a key a machine does what you do here: a monitor that sets a status, a deployment that announces its
        window. It sends the key as “Authorization: Bearer …”.
      </Empty>
    );
  }
  return (
    <Section title="API keys" intro="A machine sends its key as “Authorization: Bearer …”. Each has a role of its own.">
      <MakeKey />
      {keys ? (
        <ul className="divide-y rounded-lg border">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      ) : (
        <Skeleton className="h-44" />
      )}
    </Section>
  );
}
