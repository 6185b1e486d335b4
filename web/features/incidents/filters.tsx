import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Input, Select } from "@/components/ui/input";
import { type Filter, isFiltered } from "@/features/incidents/filter";
import { Fold } from "@/features/incidents/fold";
import { useOrganization } from "@/features/shell/organization";
import { cn } from "@/lib/cn";
import { queries } from "@/lib/queries";

interface Props {
  filter: Filter;
  onChange: (changed: Partial<Filter>) => void;
}

const STATES = [
  ["all", "All"],
  ["open", "Open"],
  ["resolved", "Resolved"],
] as const;

/** On a phone they are folded away: who opens the list at night wants what is open, which is first. */
export function Filters(props: Props) {
  return (
    <div className="mb-5">
      <div className="sm:hidden">
        <Fold title={isFiltered(props.filter) ? "Filtered" : "Filter"} isOpen={isFiltered(props.filter)}>
          <Fields {...props} />
        </Fold>
      </div>
      <div className="max-sm:hidden">
        <Fields {...props} />
      </div>
    </div>
  );
}

function Fields({ filter, onChange }: Props) {
  const { data: services = [] } = useQuery(queries.services(useOrganization()));
  return (
    <search className="flex flex-wrap items-center gap-2">
      <fieldset aria-label="State" className="flex rounded-md border max-sm:w-full">
        {STATES.map(([state, name]) => (
          <button
            key={state}
            type="button"
            aria-pressed={filter.state === state}
            onClick={() => onChange({ state })}
            className={cn(
              "h-9 flex-1 border-l px-3 text-quiet first:rounded-l-md first:border-l-0 last:rounded-r-md hover:bg-hover touch:min-h-11",
              "aria-pressed:bg-accent-soft aria-pressed:text-ink",
            )}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <Select
        aria-label="Service"
        className="sm:w-48"
        value={filter.serviceId ?? ""}
        onChange={({ target }) => onChange({ serviceId: target.value || null })}
      >
        <option value="">Every service</option>
        {services.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Day name="From" day={filter.from} onChange={(from) => onChange({ from })} />
      <Day name="until" day={filter.until} onChange={(until) => onChange({ until })} />
    </search>
  );
}

function Day({ name, day, onChange }: { name: string; day: string | null; onChange: (day: string | null) => void }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 max-sm:w-full">
      <label htmlFor={id} className="text-quiet max-sm:w-12">
        {name}
      </label>
      <Input
        id={id}
        type="date"
        className="sm:w-36"
        value={day ?? ""}
        onChange={({ target }) => onChange(target.value || null)}
      />
    </div>
  );
}
