"use client";
/** What went wrong, a way out, and which request it was. */
import { CloudOff, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { asProblem } from "@/lib/problem";

interface Props {
  error: unknown;
  retry?: () => void;
  /** Another way out, for example a link back. */
  children?: ReactNode;
}

export function ErrorState({ error, retry, children }: Props) {
  const problem = asProblem(error);
  const Icon = problem.kind === "unreachable" ? CloudOff : TriangleAlert;
  return (
    <div role="alert" className="flex flex-col items-center gap-3 rounded-lg border px-4 py-10 text-center">
      <Icon className="size-6 text-quiet" aria-hidden />
      <h2 className="font-semibold">{problem.title}</h2>
      {problem.detail && <p className="max-w-md text-quiet">{problem.detail}</p>}
      <div className="flex flex-wrap justify-center gap-2">
        {retry && <Button onClick={retry}>Try again</Button>}
        {children}
      </div>
      <RequestId of={problem.requestId} />
    </div>
  );
}

/** For whoever looks into the logs. */
export function RequestId({ of: id }: { of: string }) {
  return (
    <p className="break-all text-quiet text-xs">
      Request <code className="select-all font-mono">{id}</code>
    </p>
  );
}

/** The same in a line, above the button of a form. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = asProblem(error);
  return (
    <div role="alert" className="rounded-md border border-major/40 px-3 py-2">
      <p className="font-medium text-major">{problem.title}</p>
      {problem.detail && <p>{problem.detail}</p>}
      <RequestId of={problem.requestId} />
    </div>
  );
}
