/** Text that people read later, in Markdown. What it may hold is said below, so that nobody needs buttons for it. */
import type { ComponentProps } from "react";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

interface Props extends ComponentProps<"textarea"> {
  label: string;
  error?: string | undefined;
  value: string;
}

const BYTES_MAX = 16 * 1024;
const encoder = new TextEncoder();

export function MarkdownField({ label, error, value, ...props }: Props) {
  const left = BYTES_MAX - encoder.encode(value).length;
  return (
    <Field
      label={label}
      error={error ?? (left < 0 ? `${-left} bytes too long.` : undefined)}
      hint={
        <>
          **bold** · [link](https://…) · - list · `code`
          {left >= 0 && left < 1000 && ` · ${left} bytes left`}
        </>
      }
    >
      <Textarea value={value} {...props} />
    </Field>
  );
}
