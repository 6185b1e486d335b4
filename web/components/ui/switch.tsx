import { Switch as Radix } from "radix-ui";
import { type ComponentProps, useId } from "react";
import { cn } from "@/lib/cn";

/** With its label at its right. */
export function SwitchField({ label, ...props }: ComponentProps<typeof Radix.Root> & { label: string }) {
  const id = useId();
  return (
    <div className="flex items-center gap-3 touch:min-h-11">
      <Switch id={id} {...props} />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}

/** On or off, at once. Give it a label: `<label>Public <Switch …/></label>` or aria-label. */
export function Switch({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        "relative inline-flex h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors data-[state=checked]:bg-accent",
        // The finger's target is larger than what is seen.
        "after:absolute after:-inset-x-1 after:-inset-y-3",
        className,
      )}
      {...props}
    >
      <Radix.Thumb className="m-0.5 size-4 rounded-full bg-ground transition-transform data-[state=checked]:translate-x-4" />
    </Radix.Root>
  );
}
