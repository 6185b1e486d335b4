import { CopyButton } from "@/components/copy-button";

/** Text that a machine reads, and a button that copies it. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start gap-2">
      <code className="wrap-anywhere min-w-0 flex-1 select-all whitespace-pre-wrap rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs leading-5">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
