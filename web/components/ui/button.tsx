import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const look = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors touch:min-h-11 touch:min-w-11 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      kind: {
        primary: "bg-accent text-on-accent hover:brightness-95",
        plain: "border border-line bg-raised hover:bg-hover",
        quiet: "text-quiet hover:bg-hover hover:text-ink",
        danger: "border border-line bg-raised text-major hover:bg-hover",
      },
      size: { normal: "h-8 px-3", small: "h-7 px-2 text-xs", icon: "size-8", large: "h-10 px-4" },
    },
    defaultVariants: { kind: "plain", size: "normal" },
  },
);

interface Props extends ComponentProps<"button">, VariantProps<typeof look> {
  /** Gives its looks to its only child, for example a link. */
  asChild?: boolean;
  /** Under way: it says so, and what is clicked meanwhile counts no second time. */
  busy?: boolean;
}

export function Button({ className, kind, size, asChild, busy, children, onClick, ...props }: Props) {
  const classes = cn(look({ kind, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
      {...props}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
