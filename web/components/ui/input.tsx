import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const LOOK =
  "w-full min-w-0 rounded-md border border-line-strong bg-ground px-2.5 text-ink placeholder:text-quiet aria-invalid:border-major max-sm:text-base touch:min-h-11";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(LOOK, "h-9", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(LOOK, "field-sizing-content min-h-24 py-2 touch:min-h-24", className)} {...props} />;
}

/** The browser's own: the best there is on a phone, and it weighs nothing. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select className={cn(LOOK, "h-9", className)} {...props} />;
}
