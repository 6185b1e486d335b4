"use client";
/** What was begun and not published, so that it is not forgotten. */
import { PenLine } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { Content } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import { Drafts } from "@/lib/drafts";

export function DraftNotice() {
  const { id, slug } = useOrganization();
  const [draft] = useState(() => new Drafts<Content>("incident", id).read());
  if (!draft) return null;
  const title = (draft.sent ?? draft.content).title;
  return (
    <div className="mb-4 flex items-center gap-2 rounded-lg border bg-sunken py-1 pr-1 pl-3">
      <PenLine className="size-4 shrink-0 text-quiet" aria-hidden />
      <p className="min-w-0 flex-1 truncate">
        {draft.sent ? "Not published yet" : "You have a draft"}
        {title && `: ${title}`}
      </p>
      <Button asChild>
        <Link href={`/${slug}/incidents/new`}>Go on</Link>
      </Button>
    </div>
  );
}
