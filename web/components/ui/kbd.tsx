import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A key that does the same. */
export function Kbd({ className, ...props }: ComponentProps<"kbd">) {
  return (
    <kbd
      className={cn(
        "rounded border bg-sunken px-1 font-sans text-[0.6875rem] text-quiet leading-4 touch:hidden",
        className,
      )}
      {...props}
    />
  );
}
