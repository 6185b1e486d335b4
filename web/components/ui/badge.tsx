import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A word about something, beside its name. */
export function Badge({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      className={cn("inline-flex items-center gap-1 rounded-full border px-2 py-0.5 text-quiet text-xs", className)}
      {...props}
    />
  );
}
