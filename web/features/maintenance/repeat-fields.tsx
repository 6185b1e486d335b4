"use client";
/** How it recurs, chosen in parts and said back in words. */
import { Repeat } from "lucide-react";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import {
  type Frequency,
  inWords,
  monthlyChoices,
  monthlyInWords,
  nameOf,
  type Recurrence,
  ruleOf,
  usual,
  WEEKDAYS,
} from "@/features/maintenance/recurrence";
import { addDays } from "@/features/maintenance/weeks";

const UNITS: Record<Frequency, string> = { DAILY: "days", WEEKLY: "weeks", MONTHLY: "months" };
const LAST_FOUR = 28;

interface Props {
  value: Recurrence | null;
  onChange: (value: Recurrence | null) => void;
  /** Wall time: 2026-12-01T02:00. */
  firstStart: string;
  timeZone: string;
  error: string | undefined;
  /** A series cannot become a single window again. */
  isSeries?: boolean;
}

export function RepeatFields({ value, onChange, firstStart, timeZone, error, isSeries }: Props) {
  const day = firstStart.slice(0, 10);
  const change = (changes: Partial<Recurrence>) => onChange({ ...usual(day), ...value, ...changes });
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="sr-only">Repeats</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Repeats" error={error}>
          <Select
            value={value?.frequency ?? ""}
            onChange={({ target }) =>
              target.value ? change({ frequency: target.value as Frequency }) : onChange(null)
            }
          >
            {!isSeries && <option value="">Once only</option>}
            <option value="DAILY">By days</option>
            <option value="WEEKLY">By weeks</option>
            <option value="MONTHLY">By months</option>
          </Select>
        </Field>
        {value && (
          <Field label={`Every how many ${UNITS[value.frequency]}`}>
            <Input
              type="number"
              min={1}
              max={99}
              value={value.interval}
              onChange={({ target }) => change({ interval: Math.max(1, Math.min(99, target.valueAsNumber || 1)) })}
            />
          </Field>
        )}
      </div>
      {value?.frequency === "WEEKLY" && <Weekdays value={value} onChange={change} />}
      {value?.frequency === "MONTHLY" && <DayOfMonth value={value} onChange={change} day={day} />}
      {value && <End value={value} onChange={change} day={day} />}
      {value && value.weekdays.length > 0 && (
        <p className="flex gap-1.5 rounded-md bg-sunken px-3 py-2 text-xs" aria-live="polite">
          <Repeat className="mt-0.5 size-3.5 shrink-0 text-quiet" aria-hidden />
          {inWords(ruleOf(value, day), firstStart, timeZone)}
        </p>
      )}
    </fieldset>
  );
}

interface PartProps {
  value: Recurrence;
  onChange: (changes: Partial<Recurrence>) => void;
}

function Weekdays({ value: { weekdays }, onChange }: PartProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">On</legend>
      <div className="grid grid-cols-7 gap-1">
        {WEEKDAYS.map((each) => (
          <label
            key={each}
            className="inline-flex h-8 cursor-pointer items-center justify-center rounded-md border border-line-strong hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent touch:min-h-11"
          >
            <input
              type="checkbox"
              className="sr-only"
              aria-label={nameOf(each)}
              checked={weekdays.includes(each)}
              // One remains: a week without a day would never come.
              onChange={({ target }) => {
                const chosen = WEEKDAYS.filter((day) => (day === each ? target.checked : weekdays.includes(day)));
                if (chosen.length > 0) onChange({ weekdays: chosen });
              }}
            />
            <span aria-hidden>{nameOf(each).slice(0, 3)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function DayOfMonth({ value: { monthly }, onChange, day }: PartProps & { day: string }) {
  const choices = monthlyChoices(day);
  return (
    <Field
      label="On which day"
      hint={
        monthly === "day" && Number(day.slice(8)) > LAST_FOUR ? "Months that have no such day are left out." : undefined
      }
    >
      <Select
        value={choices.includes(monthly) ? monthly : "day"}
        onChange={({ target }) => onChange({ monthly: target.value as Recurrence["monthly"] })}
      >
        {choices.map((each) => (
          <option key={each} value={each}>
            {monthlyInWords(each, day)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function End({ value: { ends, until, count }, onChange, day }: PartProps & { day: string }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Ends">
        <Select
          value={ends}
          onChange={({ target }) =>
            onChange({ ends: target.value as Recurrence["ends"], until: until || addDays(day, 90) })
          }
        >
          <option value="never">Never</option>
          <option value="on">On a day</option>
          <option value="after">After some times</option>
        </Select>
      </Field>
      {ends === "on" && (
        <Field label="Last day">
          <Input
            type="date"
            min={day}
            value={until}
            onChange={({ target }) => target.value && onChange({ until: target.value })}
          />
        </Field>
      )}
      {ends === "after" && (
        <Field label="How many times">
          <Input
            type="number"
            min={1}
            max={999}
            value={count}
            onChange={({ target }) => onChange({ count: Math.max(1, Math.min(999, target.valueAsNumber || 1)) })}
          />
        </Field>
      )}
    </div>
  );
}
