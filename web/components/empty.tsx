import type { ReactNode } from "react";

/** Where nothing is yet: one sentence that teaches, and the one thing to do. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-10 text-center">
      <h2 className="font-semibold">{title}</h2>
      <p className="max-w-md text-quiet">{children}</p>
      {action}
    </div>
  );
}
