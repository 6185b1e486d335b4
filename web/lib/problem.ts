/** What went wrong with a request, in one shape that forms and error states understand. */

export interface WrongPlace {
  /** A path such as `body.services.0.service_id`. */
  where: string;
  message: string;
}

/**
 * `unreachable`: no answer came, so whether it was done is not known. `refused`: a 4xx, which the same request gets again.
 * `failed`: the other side could not do it now.
 */
export type ProblemKind = "unreachable" | "refused" | "failed";

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly kind: ProblemKind,
    /** 0 when no answer came. */
    readonly status: number,
    /** The stable name of what is wrong, for example `conflict`; clients may switch on it. */
    readonly type: string,
    readonly title: string,
    readonly detail: string | undefined,
    readonly errors: WrongPlace[],
    /** Which request it was, for whoever looks into the logs: the trace's id. */
    readonly requestId: string,
    readonly retryAfterSeconds: number | undefined,
    /** What would be taken instead, for example slugs that are free. */
    readonly proposals: string[] = [],
  ) {
    super(detail ?? title);
  }

  /** What is said of the fields of a form: `body.title` is its field `title`. */
  fieldErrors(): WrongPlace[] {
    return this.errors.map(({ where, message }) => ({ where: where.replace(/^body\./, ""), message }));
  }
}

const PREFIX = "urn:tidings:problem:";

/** The problem that an answer tells of. */
export async function problemOf(answer: Response, requestId: string): Promise<Problem> {
  const document = await documentOf(answer);
  const retryAfter = Number.parseInt(answer.headers.get("retry-after") ?? "", 10);
  return new Problem(
    answer.status >= 500 ? "failed" : "refused",
    answer.status,
    text(document.type)?.replace(PREFIX, "") ?? "unknown",
    text(document.title) ?? `The server answered ${answer.status}`,
    text(document.detail),
    Array.isArray(document.errors) ? document.errors.filter(isWrongPlace) : [],
    requestId,
    Number.isNaN(retryAfter) ? undefined : retryAfter,
    Array.isArray(document.proposals) ? document.proposals.map(String) : [],
  );
}

/** No answer came: no network, or none within the time. */
export function unreachable(requestId: string): Problem {
  return new Problem(
    "unreachable",
    0,
    "unreachable",
    "Tidings cannot be reached",
    "Check your connection.",
    [],
    requestId,
    undefined,
  );
}

/** Whatever was thrown, as a problem. What is no problem is a mistake in the console itself. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem("failed", 0, "console", "Something went wrong in the console", detail, [], "none", undefined);
}

async function documentOf(answer: Response): Promise<Record<string, unknown>> {
  try {
    const document: unknown = await answer.json();
    return typeof document === "object" && document !== null ? { ...document } : {};
  } catch {
    return {}; // not JSON: what stands before the service answered by itself
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isWrongPlace(value: unknown): value is WrongPlace {
  return typeof value === "object" && value !== null && "where" in value && "message" in value;
}
