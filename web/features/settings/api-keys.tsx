"use client";
/** Keys of machines: made here, shown once, revoked here. */
import { useQuery } from "@tanstack/react-query";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { KeyRow } from "@/features/settings/key-row";
import { MakeKey } from "@/features/settings/make-key";
import { type ApiKey, settingsQueries } from "@/features/settings/queries";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";

export function ApiKeys() {
  const organization = useOrganization();
  const { data: keys, error, refetch } = useQuery(settingsQueries.apiKeys(organization));
  if (error && !keys) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <Section title="API keys" intro="A machine sends its key as “Authorization: Bearer …”. Each has a role of its own.">
      <MakeKey />
      <List apiKeys={keys} />
    </Section>
  );
}

function List({ apiKeys }: { apiKeys: ApiKey[] | undefined }) {
  if (!apiKeys) return <Skeleton className="h-44" />;
  if (apiKeys.length === 0) {
    return (
      <Empty title="No API keys yet">
        With a key a machine does what you do here: a monitor sets a status, a deployment announces its window.
      </Empty>
    );
  }
  return (
    <ul className="divide-y rounded-lg border">
      {apiKeys.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </ul>
  );
}
