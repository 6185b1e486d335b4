/** What is rarely said of a new incident: how bad it is, who sees it, and that it is over already. */
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { type Content, impactOf } from "@/features/incidents/content";
import { Fold } from "@/features/incidents/fold";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";
import { INCIDENT_IMPACTS, type IncidentImpact, lookOf } from "@/lib/status";
import { fromLocalInput, ownTimeZone, toLocalInput } from "@/lib/time";

interface Props {
  content: Content;
  onChange: (changed: Partial<Content>) => void;
  refusalOf: (field: string) => string | undefined;
}

const HOUR_MS = 3_600_000;

export function MoreFields({ content, onChange, refusalOf }: Props) {
  const id = useId();
  const { past } = content;
  // As it was when the page was opened: what is folded later is folded by somebody.
  const [isUnusual] = useState(past !== null || content.impact !== null || content.visibility === "internal");
  const lastHour = () => ({
    startedAt: new Date(Date.now() - HOUR_MS).toISOString(),
    resolvedAt: new Date().toISOString(),
  });
  return (
    <Fold title="Impact, who sees it, over already" isOpen={isUnusual}>
      <div className="grid gap-4 sm:grid-cols-2">
        <ImpactField
          impact={content.impact}
          proposed={impactOf(content.affected)}
          onChange={(impact) => onChange({ impact })}
          error={refusalOf("impact")}
        />
        <VisibilityField visibility={content.visibility} onChange={(visibility) => onChange({ visibility })} />
      </div>
      <div className="flex min-h-9 items-center gap-3 touch:min-h-11">
        <Switch
          id={id}
          checked={past !== null}
          onCheckedChange={(isOver) => onChange({ past: isOver ? lastHour() : null })}
        />
        <label htmlFor={id}>It is over already: write it down with its times</label>
      </div>
      {past && (
        <PastTimes
          past={past}
          onChange={(changed) => onChange({ past: changed })}
          errors={{ startedAt: refusalOf("started_at"), resolvedAt: refusalOf("resolved_at") }}
        />
      )}
    </Fold>
  );
}

interface ImpactProps {
  impact: IncidentImpact | null;
  proposed: IncidentImpact;
  onChange: (impact: IncidentImpact | null) => void;
  error?: string | undefined;
}

export function ImpactField({ impact, proposed, onChange, error }: ImpactProps) {
  return (
    <Field label="Impact" error={error}>
      <Select value={impact ?? ""} onChange={({ target }) => onChange((target.value || null) as IncidentImpact | null)}>
        <option value="">As the services: {lookOf(proposed).word.toLowerCase()}</option>
        {INCIDENT_IMPACTS.map((each) => (
          <option key={each} value={each}>
            {lookOf(each).word}
          </option>
        ))}
      </Select>
    </Field>
  );
}

interface VisibilityProps {
  visibility: Content["visibility"];
  onChange: (visibility: Content["visibility"]) => void;
}

export function VisibilityField({ visibility, onChange }: VisibilityProps) {
  return (
    <Field label="Who sees it">
      <Select
        value={visibility}
        onChange={({ target }) => onChange(target.value === "internal" ? "internal" : "public")}
      >
        <option value="public">Everybody</option>
        <option value="internal">Members alone</option>
      </Select>
    </Field>
  );
}

type Past = NonNullable<Content["past"]>;

interface PastProps {
  past: Past;
  onChange: (past: Past) => void;
  errors: Partial<Record<keyof Past, string | undefined>>;
}

/** In the organization's time zone, where its days begin. */
export function PastTimes({ past, onChange, errors }: PastProps) {
  const { data: page } = useQuery(queries.page(useOrganization()));
  const zone = page?.time_zone ?? ownTimeZone();
  const field = (name: keyof Past, label: string) => (
    <Field label={label} hint={zone.replaceAll("_", " ")} error={errors[name]}>
      <Input
        type="datetime-local"
        value={toLocalInput(past[name], zone)}
        onChange={({ target }) =>
          target.value && onChange({ ...past, [name]: fromLocalInput(target.value, zone).toISOString() })
        }
      />
    </Field>
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {field("startedAt", "It began")}
      {field("resolvedAt", "It was over")}
    </div>
  );
}
