import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** Where something will be, in its size. It shows after 150 ms: what comes at once must not flicker. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      aria-hidden
      className={cn("fade-in-0 animate-in rounded-md bg-hover fill-mode-both delay-150 duration-300", className)}
      {...props}
    />
  );
}
