/** Forms that are sent to a service: what it says of a field stands at the field, the rest above the button. */
import { useState } from "react";
import {
  type FieldValues,
  type Path,
  type RegisterOptions,
  type UseFormProps,
  type UseFormRegisterReturn,
  type UseFormReturn,
  useForm,
} from "react-hook-form";
import { asProblem, type Problem } from "@/lib/problem";

interface Options<Values extends FieldValues> extends UseFormProps<Values> {
  /** Throws a `Problem` when the service refuses. */
  send: (values: Values) => Promise<unknown>;
}

/** What is the same of all that are sent, whatever their fields. */
export interface Sending {
  /** For `<form onSubmit>`; a second one while the first is under way does nothing. */
  submit: (event?: React.BaseSyntheticEvent) => Promise<void>;
  /** What is wrong and belongs to no field: for `<FormError>`. */
  problem: Problem | null;
  formState: { isSubmitting: boolean };
}

export interface SentForm<Values extends FieldValues> extends UseFormReturn<Values>, Sending {
  formState: UseFormReturn<Values>["formState"];
  errorOf: (field: Path<Values>) => string | undefined;
}

/** Any form with such a field, for fields that several forms have. */
export interface FormWith<Name extends string> {
  errorOf: (field: Name) => string | undefined;
  register: (field: Name, rules?: Pick<RegisterOptions, "required" | "minLength">) => UseFormRegisterReturn;
}

export function useSentForm<Values extends FieldValues>({ send, ...options }: Options<Values>): SentForm<Values> {
  const form = useForm<Values>(options);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await send(values);
    } catch (thrown) {
      setProblem(placeErrors(form, asProblem(thrown)));
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

/** Puts what is said of fields onto them, and returns the problem if there is more to it: that belongs above the button. */
export function placeErrors<Values extends FieldValues>(form: UseFormReturn<Values>, problem: Problem): Problem | null {
  const values = form.getValues();
  const fields = problem.fieldErrors().flatMap(({ where, message }) => {
    const field = fieldOf(values, where);
    return field ? [{ where: field, message }] : [];
  });
  for (const [index, { where, message }] of fields.entries()) {
    form.setError(where as Path<Values>, { message }, { shouldFocus: index === 0 });
  }
  return fields.length > 0 && fields.length === problem.errors.length ? null : problem;
}

/** The field that a place is in: `links.0.url` is one, and what is said of `support_url.0` is said of `support_url`. */
export function fieldOf(values: FieldValues, where: string): string | null {
  const found: string[] = [];
  let inside: unknown = values;
  for (const step of where.split(".")) {
    if (typeof inside !== "object" || inside === null || !(step in inside)) break;
    inside = (inside as Record<string, unknown>)[step];
    found.push(step);
  }
  return found.join(".") || null;
}
