import { type ReactNode, useId } from "react";

/** A part of a page, under its heading; at its right what leads on. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-8 first:mt-0">
      <div className="mb-2 flex min-h-7 items-center gap-3">
        <h2 id={id} className="min-w-0 flex-1 font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
