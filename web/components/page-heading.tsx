import type { ReactNode } from "react";

/** The heading of a page, and at its right what can be done there. */
export function PageHeading({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-5 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2 touch:min-h-11">
      <h1 className="min-w-0 flex-1 font-semibold text-xl">{title}</h1>
      {children}
    </div>
  );
}
