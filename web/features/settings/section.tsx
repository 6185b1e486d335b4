import { type ReactNode, useId } from "react";

/** Fields that belong together, below what they are about. */
export function Section({ title, intro, children }: { title: string; intro?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div>
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        {intro && <p className="mt-0.5 max-w-2xl text-quiet">{intro}</p>}
      </div>
      {children}
    </section>
  );
}
