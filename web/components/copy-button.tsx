"use client";
/** Copies a text, and says that it did. */
import { Check, Copy } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/lib/store";

const SAID_MS = 2000;

interface Props extends Omit<ComponentProps<typeof Button>, "onClick" | "children"> {
  text: string;
  /** What is copied, for screen readers: "Copy the key". */
  label: string;
}

export function CopyButton({ text, label, ...props }: Props) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_MS);
    } catch {
      toast("The browser does not let us copy: select the text instead", { kind: "failed" });
    }
  }
  return (
    <Button aria-label={label} onClick={() => void copy()} {...props}>
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{isCopied ? "Copied" : "Copy"}</span>
    </Button>
  );
}
