/** Which services are affected, and how: a row of choices for each, by mouse, finger or arrow keys. */
import { useId, useState } from "react";
import { FindService } from "@/components/find-service";
import { StatusIcon } from "@/components/status-icon";
import type { Affected } from "@/features/incidents/content";
import { cn } from "@/lib/cn";
import type { GroupOfServices } from "@/lib/grouping";
import { lookOf, SERVICE_STATUSES, type ServiceStatus } from "@/lib/status";

interface Props {
  groups: GroupOfServices[];
  affected: Affected;
  onChange: (affected: Affected) => void;
  legend?: string;
  error?: string | undefined;
}

const MANY = 12;
const NOT_AFFECTED = "Not affected";
/** On a phone the words stand above the columns only. */
const FOUR = "grid grid-cols-[minmax(0,1fr)_repeat(4,3rem)] sm:flex";
const FIVE = "grid grid-cols-[minmax(0,1fr)_repeat(5,2.75rem)] sm:flex";

export function ServiceMatrix({ groups, affected, onChange, legend = "Affected services", error }: Props) {
  const [search, setSearch] = useState("");
  const count = groups.reduce((sum, { services }) => sum + services.length, 0);
  // To name a service and yet call it operational is rare: it is a choice where it was made.
  const statuses = SERVICE_STATUSES.filter(
    (status) => status !== "operational" || Object.values(affected).includes("operational"),
  );
  const matches = (name: string) => name.toLowerCase().includes(search.trim().toLowerCase());
  const columns = statuses.length === 3 ? FOUR : FIVE;

  function choose(id: string, status: ServiceStatus | null) {
    const { [id]: _, ...others } = affected;
    onChange(status ? { ...affected, [id]: status } : others);
  }

  return (
    <fieldset className="min-w-0" aria-describedby={error ? "matrix-error" : undefined}>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {count > MANY && <FindService search={search} onSearch={setSearch} className="mb-2" />}
      {count === 0 && <p className="text-quiet">There is no service yet that it could name.</p>}
      <div className={cn("rounded-lg border", error && "border-major", count === 0 && "hidden")}>
        <div
          aria-hidden
          className={cn(
            columns,
            "items-end rounded-t-lg border-b bg-sunken px-2 py-1 text-[0.625rem] text-quiet leading-3 sm:hidden",
          )}
        >
          <span />
          {[NOT_AFFECTED, ...statuses.map((status) => lookOf(status).word)].map((word) => (
            <span key={word} className="text-center">
              {word}
            </span>
          ))}
        </div>
        {groups.map(({ id, names, services }) => {
          const shown = services.filter(({ name }) => matches(name));
          if (shown.length === 0) return null;
          return (
            <div key={id} className="border-b last:border-b-0">
              {names.length > 0 && <p className="truncate px-3 pt-2 text-quiet text-xs">{names.join(" / ")}</p>}
              {shown.map((service) => (
                <Row
                  key={service.id}
                  name={service.name}
                  columns={columns}
                  statuses={statuses}
                  chosen={affected[service.id] ?? null}
                  onChoose={(status) => choose(service.id, status)}
                />
              ))}
            </div>
          );
        })}
      </div>
      {error && (
        <p id="matrix-error" className="mt-1.5 text-major text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface RowProps {
  name: string;
  columns: string;
  statuses: ServiceStatus[];
  chosen: ServiceStatus | null;
  onChoose: (status: ServiceStatus | null) => void;
}

function Row({ name, columns, statuses, chosen, onChoose }: RowProps) {
  const id = useId();
  return (
    <div role="radiogroup" aria-labelledby={id} className={cn(columns, "items-center gap-0 py-0.5 pr-2 pl-3")}>
      <span id={id} className="wrap-anywhere min-w-0 flex-1 py-1 leading-tight">
        {name}
      </span>
      <Choice name={id} word={NOT_AFFECTED} isQuiet isChosen={chosen === null} onChoose={() => onChoose(null)}>
        <StatusIcon status="none" />
      </Choice>
      {statuses.map((status) => (
        <Choice
          key={status}
          name={id}
          word={lookOf(status).word}
          isChosen={chosen === status}
          onChoose={() => onChoose(status)}
        >
          <StatusIcon status={status} />
        </Choice>
      ))}
    </div>
  );
}

interface ChoiceProps {
  name: string;
  word: string;
  isChosen: boolean;
  /** Chosen, it says nothing that is to be noticed. */
  isQuiet?: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}

function Choice({ name, word, isChosen, isQuiet, onChoose, children }: ChoiceProps) {
  return (
    <label
      className={cn(
        "relative flex h-11 cursor-pointer items-center justify-center gap-1.5 rounded-md border border-transparent px-2 text-xs hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent sm:h-8 touch:min-h-11",
        isQuiet ? "has-checked:bg-hover" : "has-checked:border-accent has-checked:bg-accent-soft",
      )}
    >
      <input
        type="radio"
        name={name}
        aria-label={word}
        checked={isChosen}
        onChange={onChoose}
        className="absolute inset-0 cursor-pointer opacity-0"
      />
      {children}
      <span className={cn("max-sm:hidden", !isChosen && "text-quiet")} aria-hidden>
        {word}
      </span>
    </label>
  );
}
