"use client";
/** What visitors will see of what is being typed: the page's own rendering, by the service that serves it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getNonce } from "get-nonce";
import { useEffect, useState } from "react";
import { FormError } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { data } from "@/lib/api/client";
import type { components } from "@/lib/api/public";
import { keys, type Of } from "@/lib/queries";

type Schemas = components["schemas"];
export type Typed = Schemas["TypedIncident"] | Schemas["TypedWindow"] | Schemas["TypedPage"];

const TYPING_PAUSE_MS = 350;

interface Props {
  of: Of;
  /** Null as long as there is nothing to show yet; `children` then say what is missing. */
  typed: Typed | null;
  children: string;
}

export function PagePreview({ of, typed, children }: Props) {
  const text = useSettled(typed && JSON.stringify(typed));
  const { data: html, error } = useQuery({
    queryKey: [...keys.organization(of.id), "preview", text],
    queryFn: ({ signal }) =>
      data(
        of.api.POST("/api/public/v1/pages/{slug}/preview", {
          params: { path: { slug: of.slug } },
          body: JSON.parse(text as string) as Typed,
          parseAs: "text",
          signal,
        }),
      ),
    enabled: text !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  if (text === null)
    return <p className="rounded-lg border border-dashed px-4 py-8 text-center text-quiet">{children}</p>;
  if (error) return <FormError error={error} />;
  if (html === undefined) return <Skeleton className="h-48" />;
  return <Document html={html} />;
}

/** Without scripts, forms and ways out. It is of the same origin so that its height can be had. */
function Document({ html }: { html: string }) {
  const [height, setHeight] = useState(192);
  const nonce = getNonce() ?? "";
  return (
    <div className="overflow-hidden rounded-lg border">
      <iframe
        title="As visitors will see it"
        sandbox="allow-same-origin"
        // The policy of the console holds for it as well: its style needs the console's nonce, and its own policy would refuse that.
        srcDoc={html.replace(/<meta http-equiv[^>]*>/gi, "").replace(/<style\b[^>]*>/, `<style nonce="${nonce}">`)}
        height={height}
        className="block w-full bg-ground"
        onLoad={({ currentTarget }) => setHeight(currentTarget.contentDocument?.documentElement.offsetHeight ?? height)}
      />
    </div>
  );
}

/** The value once nobody changed it for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
