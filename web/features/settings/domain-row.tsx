"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { StatusIcon } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { Code } from "@/features/settings/code";
import { type Domain, detailOf, lookOfDomain } from "@/features/settings/domain-words";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { asProblem, Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

/** One domain: how it is, the records it needs, and what can be done. */
export function DomainRow({ domain }: { domain: Domain }) {
  const { name, status, checked_at } = domain;
  const look = lookOfDomain(domain);
  return (
    <li className="flex flex-col gap-2 px-3 py-3">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-56 flex-1">
          <p className="wrap-anywhere font-medium">{name}</p>
          <p role="status" className="flex flex-wrap items-center gap-x-1.5">
            <StatusIcon status={look.status} /> {look.word}
            {checked_at && (
              <span className="text-quiet text-xs">
                checked <Timestamp time={checked_at} />
              </span>
            )}
          </p>
          <p className="max-w-2xl text-quiet text-xs">{detailOf(domain)}</p>
        </div>
        <div className="flex gap-2">
          <Check domain={domain} />
          <Removal domain={domain} />
        </div>
      </div>
      <details open={status !== "proved"}>
        <summary className="cursor-pointer py-1 text-quiet">DNS records</summary>
        <dl className="flex flex-col gap-2 pt-1">
          <Entry what="Proves that the name is yours" record={domain.proof} />
          <Entry what="Leads visitors to the page" record={domain.address} />
        </dl>
        <p className="mt-2 max-w-2xl text-quiet text-xs">
          A name that may have no CNAME, such as example.com itself, needs the addresses of {domain.address.value} as A
          and AAAA records instead.
        </p>
      </details>
    </li>
  );
}

function Entry({ what, record: { type, name, value } }: { what: string; record: Domain["proof"] }) {
  return (
    <div>
      <dt className="text-quiet text-xs">
        {what}: a {type} record
      </dt>
      <dd className="mt-1 grid gap-1 lg:grid-cols-2 lg:gap-3">
        <Code text={name} label={`Copy the name of the ${type} record`} />
        <Code text={value} label={`Copy the value of the ${type} record`} />
      </dd>
    </div>
  );
}

function Check({ domain: { id, name } }: { domain: Domain }) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const check = useMutation({
    mutationFn: () =>
      data(
        organization.api.POST("/api/catalog/v1/page/domains/{domain_id}/check", {
          params: { path: { domain_id: id } },
        }),
      ),
    onError: (thrown) => toast(`${name} was not checked: ${asProblem(thrown).message}`, { kind: "failed" }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.domains(organization.id) }),
  });
  return (
    <Button aria-label={`Check now: ${name}`} busy={check.isPending} onClick={() => check.mutate()}>
      Check now
    </Button>
  );
}

function Removal({ domain: { id, name } }: { domain: Domain }) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      organization.api.DELETE("/api/catalog/v1/page/domains/{domain_id}", { params: { path: { domain_id: id } } }),
    onSuccess: () => toast(`${name} is removed`),
    onError: (thrown) => {
      // Somebody else was first: it is gone, as was wished.
      if (thrown instanceof Problem && thrown.status === 404) return;
      toast(`${name} is still there: ${asProblem(thrown).message}`, { kind: "failed" });
    },
    onSettled: () => {
      setAsked(false);
      return cache.invalidateQueries({ queryKey: keys.domains(organization.id) });
    },
  });
  return (
    <>
      <Button kind="danger" aria-label={`Remove ${name}`} onClick={() => setAsked(true)}>
        Remove
      </Button>
      <Confirm
        open={isAsked}
        onOpenChange={setAsked}
        title={`Remove ${name}`}
        action="Remove"
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
      >
        The page is not at this name any more within seconds. Adding it again needs another record.
      </Confirm>
    </>
  );
}
