/** Several views of one thing, of which one is shown. Views with an address of their own are links instead. */
import { Tabs as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const Tabs = Radix.Root;
export const TabsContent = Radix.Content;

export function TabsList({ className, ...props }: ComponentProps<typeof Radix.List>) {
  return <Radix.List className={cn("flex gap-1 overflow-x-auto border-b", className)} {...props} />;
}

export const TAB =
  "inline-flex h-9 shrink-0 items-center border-transparent border-b-2 px-3 font-medium text-quiet hover:text-ink touch:min-h-11 aria-[current=page]:border-accent aria-[current=page]:text-ink data-[state=active]:border-accent data-[state=active]:text-ink";

export function TabsTrigger({ className, ...props }: ComponentProps<typeof Radix.Trigger>) {
  return <Radix.Trigger className={cn(TAB, className)} {...props} />;
}
