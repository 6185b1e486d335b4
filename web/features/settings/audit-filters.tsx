"use client";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { useSession } from "@/features/session/session";
import { KINDS, type Wanted } from "@/features/settings/audit-filter";
import { settingsQueries } from "@/features/settings/queries";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

interface Props {
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
}

export function AuditFilters({ wanted, onChange }: Props) {
  const set = (changed: Wanted) => onChange({ ...wanted, ...changed });
  return (
    <div className="grid min-w-0 grid-cols-2 gap-3 max-lg:w-full lg:flex-1 lg:grid-cols-4">
      <Who actor={wanted.actor ?? ""} onChange={(actor) => set({ actor })} />
      <Field label="What">
        <Select value={wanted.kind ?? ""} onChange={({ target }) => set({ kind: target.value })}>
          <option value="">Everything</option>
          {Object.entries(KINDS).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="From">
        <Input type="date" value={wanted.from ?? ""} onChange={({ target }) => set({ from: target.value })} />
      </Field>
      <Field label="Until">
        <Input type="date" value={wanted.until ?? ""} onChange={({ target }) => set({ until: target.value })} />
      </Field>
      {wanted.id && (
        <Button size="small" className="col-span-full justify-self-start" onClick={() => set({ id: "" })}>
          <X aria-hidden /> Only of one thing
        </Button>
      )}
    </div>
  );
}

/** Members and keys of now; somebody who left is still found by the address of the page. */
function Who({ actor, onChange }: { actor: string; onChange: (actor: string) => void }) {
  const organization = useOrganization();
  const { current } = useSession();
  const hasMembers = current.state === "in" && current.auth.managesMembers;
  const members = useQuery({ ...queries.members(organization), enabled: hasMembers }).data ?? [];
  const apiKeys = useQuery(settingsQueries.apiKeys(organization)).data ?? [];
  const isKnown = [...members, ...apiKeys].some(({ id }) => id === actor);
  return (
    <Field label="Who">
      <Select value={actor} onChange={({ target }) => onChange(target.value)}>
        <option value="">Everybody</option>
        {actor && !isKnown && <option value={actor}>{actor}</option>}
        {[...members, ...apiKeys].map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
