import { newSeries, newWindow, type Values } from "@/features/maintenance/form-values";
import { type Client, data } from "@/lib/api/client";
import { Problem } from "@/lib/problem";

/** What the service calls the fields of a series, and what the form does. */
const SERIES_FIELDS: Record<string, keyof Values> = {
  "body.rule": "recurrence",
  "body.first_start": "scheduled_start",
  "body.duration_minutes": "scheduled_end",
};

/** Plans what the form says, once for each key; returns the window's id, null for a series. */
export async function plan(
  api: Client,
  values: Values,
  timeZone: string,
  key: string,
  signal: AbortSignal,
): Promise<string | null> {
  const headers = { "Idempotency-Key": key };
  if (!values.recurrence) {
    const body = newWindow(values, timeZone);
    return (await data(api.POST("/api/maintenance/v1/maintenances", { body, headers, signal }))).id;
  }
  const body = newSeries(values, values.recurrence, timeZone);
  await ofForm(data(api.POST("/api/maintenance/v1/series", { body, headers, signal })));
  return null;
}

/** What is said of a series' fields is said of the form's. */
export async function ofForm<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const errors = thrown.errors.map(({ where, message }) => ({ where: SERIES_FIELDS[where] ?? where, message }));
    const { kind, status, type, title, detail, requestId, retryAfterSeconds } = thrown;
    throw new Problem(kind, status, type, title, detail, errors, requestId, retryAfterSeconds);
  }
}
