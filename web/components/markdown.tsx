"use client";
/** What people wrote, as visitors see it. Until the renderer is there, and where it cannot be had, the source in paragraphs. */
import { useEffect, useState } from "react";
import { cn } from "@/lib/cn";

type Render = (text: string) => string;
let known: Render | null = null;

async function load(): Promise<Render> {
  known ??= (await import("@/lib/markdown")).toHtml;
  return known;
}
const nothing = () => {};

// Together with the page that shows texts and not only when there is one: so it is there first, and nothing moves.
if (typeof window !== "undefined") load().catch(nothing);

const LOOKS = cn(
  "wrap-anywhere [&_a[href]]:text-accent [&_a[href]]:underline",
  "[&_:is(h4,h5,h6)]:font-semibold [&_hr]:my-2 [&_blockquote]:border-l-2 [&_blockquote]:pl-3",
  "[&_:is(p,ul,ol,pre,blockquote,h4,h5,h6)+*]:mt-2 [&_:is(ul,ol)]:pl-5 [&_ul]:list-disc [&_ol]:list-decimal",
  "[&_code]:rounded-sm [&_code]:bg-sunken [&_code]:font-mono [&_pre]:overflow-x-auto [&_pre]:rounded-md [&_pre]:bg-sunken [&_pre]:px-2 [&_pre]:py-1",
);

export function Markdown({ text, className }: { text: string; className?: string }) {
  const [render, setRender] = useState<Render | null>(() => known);
  useEffect(() => {
    // A function is kept by a function that returns it.
    if (!render) load().then((toHtml) => setRender(() => toHtml), nothing);
  }, [render]);
  if (!render) return <div className={cn(LOOKS, "whitespace-pre-line", className)}>{paragraphs(text)}</div>;
  return (
    <div
      className={cn(LOOKS, className)}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: tags that somebody wrote are text in it, see lib/markdown.ts and its examples
      dangerouslySetInnerHTML={{ __html: render(text) }}
    />
  );
}

/** Where the rendered ones will be. */
function paragraphs(text: string) {
  // biome-ignore lint/suspicious/noArrayIndexKey: they are never moved
  return text.split(/\n\s*\n/).map((paragraph, index) => <p key={index}>{paragraph}</p>);
}
