import { useEffect, useRef } from "react";
import type { Problem } from "@/lib/problem";

/** What a service says of the fields of a form that is not react-hook-form's: at the field, the first of which is focused. */
export function useRefusals(problem: Problem | null, fields: readonly string[]) {
  const form = useRef<HTMLFormElement>(null);
  const said =
    problem?.fieldErrors().map(({ where, message }) => ({ field: where.split(".")[0] ?? "", message })) ?? [];
  const isPlaced = said.length > 0 && said.every(({ field }) => fields.includes(field));
  useEffect(() => {
    if (problem) focusFirstError(form.current);
  }, [problem]);
  return {
    form,
    refusalOf: (field: string) => said.find((each) => each.field === field)?.message,
    /** What belongs above the button: more than what stands at fields. */
    rest: isPlaced ? null : problem,
  };
}

export function focusFirstError(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}
