/** How far an incident is: it may jump and go back. */
import { useId } from "react";
import { StatusIcon } from "@/components/status-icon";
import { INCIDENT_STATUSES, type IncidentStatus, lookOf } from "@/lib/status";

interface Props {
  status: IncidentStatus;
  onChange: (status: IncidentStatus) => void;
  /** What it is at now, where that is another one. */
  present?: IncidentStatus;
}

export function StatusStepper({ status, onChange, present }: Props) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">Status</legend>
      <div className="grid grid-cols-4 overflow-hidden rounded-lg border">
        {INCIDENT_STATUSES.map((step) => (
          <label
            key={step}
            className="relative flex min-h-11 cursor-pointer flex-col items-center justify-center gap-0.5 border-l px-1 py-1.5 text-center text-[0.6875rem] leading-tight first:border-l-0 hover:bg-hover has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:-outline-offset-2 sm:flex-row sm:gap-1.5 sm:text-sm"
          >
            <input
              type="radio"
              name={name}
              value={step}
              checked={status === step}
              onChange={() => onChange(step)}
              className="absolute inset-0 cursor-pointer opacity-0"
            />
            <StatusIcon status={step} />
            <span>
              {lookOf(step).word}
              {step === present && <span className="text-quiet"> (now)</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
