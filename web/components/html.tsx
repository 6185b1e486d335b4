import { cn } from "@/lib/cn";

/** HTML that a service of ours rendered and sanitised, as visitors get it. Nothing else may be put here. */
export function Html({ html, className }: { html: string; className?: string }) {
  return (
    <div
      className={cn(
        "wrap-anywhere [&_a]:text-accent [&_a]:underline [&_code]:font-mono [&_li]:ml-5 [&_ol]:list-decimal [&_p+p]:mt-2 [&_pre]:overflow-x-auto [&_ul]:list-disc",
        className,
      )}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: it comes from a service that sanitised it
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
