/** What became of what was sent: why it was refused, or that it is tried again until there is an answer. */
import { CloudOff } from "lucide-react";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import type { Problem } from "@/lib/problem";
import type { Publication } from "@/lib/use-publication";

interface Props {
  publication: Publication;
  /** What is left of a refusal when the fields have theirs. */
  problem: Problem | null;
  /** "planned": what it is not yet. */
  done: string;
  onCancel: () => void;
}

export function Outcome({ publication, problem, done, onCancel }: Props) {
  if (publication.state === "waiting") {
    return (
      <div role="status" className="flex flex-wrap items-center gap-2 rounded-md border border-degraded px-3 py-2">
        <CloudOff className="size-4 shrink-0 text-degraded" aria-hidden />
        <p className="min-w-0 flex-1">
          <span className="font-medium">Not {done} yet, trying again.</span>{" "}
          <span className="text-quiet">{publication.problem.title}.</span>
        </p>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    );
  }
  if (publication.state === "editing" && publication.mayHaveArrived) {
    return (
      <p role="alert" className="rounded-md border border-degraded px-3 py-2">
        Cancelled. It may have been {done} before that: look before you send it again.
      </p>
    );
  }
  return <FormError error={problem} />;
}
