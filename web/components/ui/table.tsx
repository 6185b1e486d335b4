/** A plain table, which scrolls by itself where it is wider than the screen. */
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="overflow-x-auto rounded-lg border" tabIndex={0} aria-label={props["aria-label"]}>
      <table className={cn("w-full border-collapse text-left", className)} {...props} />
    </section>
  );
}

export function Th({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("h-9 border-b bg-sunken px-3 font-medium text-quiet text-xs", className)}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("border-b px-3 py-2 align-top [tr:last-child>&]:border-b-0", className)} {...props} />;
}
