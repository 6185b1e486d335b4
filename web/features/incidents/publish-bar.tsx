/** The button that publishes, at the thumb, and what becomes of it. */
import { CloudOff, LoaderCircle } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useOrganization } from "@/features/shell/organization";
import { signInPath } from "@/lib/paths";
import type { Publication } from "@/lib/use-publication";

const IS_APPLE = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.userAgent);

interface Props {
  publication: Publication;
  /** What the button says. */
  action: string;
  onCancel: () => void;
  /** Other buttons, while it is edited. */
  children?: React.ReactNode;
}

export function PublishBar({ publication, action, onCancel, children }: Props) {
  return (
    <div className="sticky bottom-[calc(3.5rem+env(safe-area-inset-bottom))] z-30 -mx-4 flex flex-col gap-2 border-t bg-ground px-4 py-2 md:bottom-0 md:mx-0 md:border-t-0 md:px-0">
      {publication.state === "waiting" ? (
        <Waiting publication={publication} onCancel={onCancel} />
      ) : (
        <>
          {publication.state === "editing" && <Trouble publication={publication} />}
          <div className="flex flex-wrap items-center justify-end gap-2">
            {children}
            <Button
              type="submit"
              kind="primary"
              size="large"
              busy={publication.state !== "editing"}
              className="max-sm:flex-1"
            >
              {action}{" "}
              <Kbd className="border-on-accent/40 bg-transparent text-on-accent">{IS_APPLE ? "⌘↵" : "Ctrl ↵"}</Kbd>
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Waiting({ publication, onCancel }: { publication: Publication & { state: "waiting" }; onCancel: () => void }) {
  const { problem } = publication;
  const Icon = problem.kind === "unreachable" ? CloudOff : LoaderCircle;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-degraded px-3 py-2"
    >
      <Icon className="size-4 shrink-0 text-degraded" aria-hidden />
      <p className="min-w-0 flex-1">
        <span className="font-medium">Not published yet, trying again.</span>{" "}
        <span className="text-quiet">{problem.title}. You can leave it like this: it is published once.</span>
      </p>
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}

function Trouble({ publication }: { publication: Publication & { state: "editing" } }) {
  const { slug } = useOrganization();
  const path = usePathname();
  const { problem } = publication;
  if (problem) {
    return (
      <>
        <FormError error={problem} />
        {problem.status === 401 && (
          <Link href={signInPath(path)} className="text-accent underline">
            Sign in again: what you typed is kept
          </Link>
        )}
      </>
    );
  }
  if (!publication.mayHaveArrived) return null;
  return (
    <p role="alert" className="rounded-md border border-degraded px-3 py-2">
      Cancelled. It may have arrived before that:{" "}
      <Link href={`/${slug}/incidents`} className="text-accent underline">
        look at the incidents
      </Link>{" "}
      before you publish it again.
    </p>
  );
}
