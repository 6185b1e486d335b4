/** Forms that are sent to a service: what it says of a field stands at the field, the rest above the button. */
import { useState } from "react";
import { type FieldValues, type Path, type UseFormProps, type UseFormReturn, useForm } from "react-hook-form";
import { asProblem, type Problem } from "@/lib/problem";

interface Options<Values extends FieldValues> extends UseFormProps<Values> {
  /** Throws a `Problem` when the service refuses. */
  send: (values: Values) => Promise<unknown>;
}

export interface SentForm<Values extends FieldValues> extends UseFormReturn<Values> {
  /** For `<form onSubmit>`; a second one while the first is under way does nothing. */
  submit: (event?: React.BaseSyntheticEvent) => Promise<void>;
  /** What is wrong and belongs to no field: for `<FormError>`. */
  problem: Problem | null;
  errorOf: (field: Path<Values>) => string | undefined;
}

export function useSentForm<Values extends FieldValues>({ send, ...options }: Options<Values>): SentForm<Values> {
  const form = useForm<Values>(options);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await send(values);
    } catch (thrown) {
      const refused = asProblem(thrown);
      const fields = refused.fieldErrors().filter(({ where }) => where in values);
      for (const [index, { where, message }] of fields.entries()) {
        form.setError(where as Path<Values>, { message }, { shouldFocus: index === 0 });
      }
      if (fields.length === 0 || fields.length < refused.errors.length) setProblem(refused);
    }
  });

  const errorOf = (field: Path<Values>) => form.getFieldState(field, form.formState).error?.message;
  return {
    ...form,
    submit: (event) => {
      event?.preventDefault();
      return form.formState.isSubmitting ? Promise.resolve() : submit(event);
    },
    problem,
    errorOf,
  };
}
