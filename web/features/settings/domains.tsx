"use client";
/** Host names of the organization's own for its page: asked for here, proved by a record in DNS, looked after here. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { DomainRow } from "@/features/settings/domain-row";
import { settingsQueries } from "@/features/settings/queries";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { useSentForm } from "@/lib/form";
import { keys } from "@/lib/queries";

const DOMAINS_MAX = 5;

export function Domains() {
  const organization = useOrganization();
  const { data: domains, error } = useQuery(settingsQueries.domains(organization));
  return (
    <Section
      title="Custom domains"
      intro="Visitors reach the page at a name of your own, such as status.example.com. Two records in its DNS make it so."
    >
      {error && !domains && <FormError error={error} />}
      {!domains && !error && <Skeleton className="h-14" />}
      {domains && domains.length > 0 && (
        <ul className="divide-y rounded-lg border">
          {domains.map((domain) => (
            <DomainRow key={domain.id} domain={domain} />
          ))}
        </ul>
      )}
      {domains && domains.length >= DOMAINS_MAX && (
        <p className="text-quiet">These are as many as there may be: remove one to add another.</p>
      )}
      {domains && domains.length < DOMAINS_MAX && <Add />}
    </Section>
  );
}

function Add() {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const form = useSentForm<{ name: string }>({
    defaultValues: { name: "" },
    send: async ({ name }) => {
      await data(api.POST("/api/catalog/v1/page/domains", { body: { name } }));
      form.reset();
      await cache.invalidateQueries({ queryKey: keys.domains(id) });
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="flex max-w-xl flex-col gap-3">
      <Field label="Domain" error={form.errorOf("name")}>
        <Input
          placeholder="status.example.com"
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={1000}
          {...form.register("name", { required: "Type a name." })}
        />
      </Field>
      <FormError error={form.problem} />
      <Button type="submit" className="self-start" busy={form.formState.isSubmitting}>
        Add the domain
      </Button>
    </form>
  );
}
