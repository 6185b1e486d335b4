import Link from "next/link";
import type { ReactNode } from "react";

/** The page of one form, in the middle. */
export function Frame({ title, intro, children }: { title: string; intro?: ReactNode; children?: ReactNode }) {
  return (
    <main id="main" className="mx-auto flex w-full max-w-sm flex-col gap-5 px-4 pt-[12vh] pb-16">
      <p className="flex items-center gap-2 font-semibold">
        {/* biome-ignore lint/performance/noImgElement: a small drawing of our own */}
        <img src="/icon.svg" alt="" className="size-6" />
        Tidings
      </p>
      <div>
        <h1 className="font-semibold text-xl">{title}</h1>
        {intro && <p className="mt-1 text-quiet">{intro}</p>}
      </div>
      {children}
    </main>
  );
}

/** A link in a sentence below a form. */
export function Aside({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="inline-flex items-center text-accent underline touch:min-h-11">
      {children}
    </Link>
  );
}
