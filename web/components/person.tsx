import { cn } from "@/lib/cn";

/** Somebody by name, with their initials. */
export function Person({ name, className }: { name: string; className?: string }) {
  return (
    <span className={cn("inline-flex min-w-0 items-center gap-1.5", className)}>
      <Initials of={name} />
      <span className="truncate">{name}</span>
    </span>
  );
}

export function Initials({ of: name, className }: { of: string; className?: string }) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
  return (
    <span
      aria-hidden
      className={cn(
        "inline-flex size-5 shrink-0 items-center justify-center rounded-full bg-accent-soft font-medium text-[0.625rem] text-accent uppercase",
        className,
      )}
    >
      {letters}
    </span>
  );
}
