"use client";
/** Edits one text of an incident in place. When somebody else edits the same one, theirs stands beside mine. */
import { type ReactNode, useState } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { Button } from "@/components/ui/button";
import { isStale, useChange } from "@/features/incidents/changing";
import type { Incident } from "@/features/incidents/content";
import { publishesByKeyboard } from "@/features/incidents/keyboard";
import { useUnsavedGuard } from "@/lib/unsaved";

interface Props {
  label: string;
  incident: Incident;
  textOf: (incident: Incident) => string;
  changedBy?: (incident: Incident) => string | undefined;
  send: (text: string, incident: Incident) => Promise<Incident>;
  onEnd: () => void;
  /** What the button says, and other buttons, which save as well. */
  action?: string;
  children?: (save: (send: Props["send"]) => void) => ReactNode;
}

export function TextEditor({ label, incident, textOf, changedBy, send, onEnd, action = "Save", children }: Props) {
  const theirs = textOf(incident);
  const [before, setBefore] = useState(theirs);
  const [text, setText] = useState(theirs);
  const isClash = theirs !== before && theirs !== text;
  useUnsavedGuard(text !== before);
  const change = useChange<{ send: Props["send"] }>({
    incident,
    send: (chosen, present) => chosen.send(text, present),
    stillMeant: (fresh) => textOf(fresh) === before,
    onDone: onEnd,
  });
  const save = (chosen: Props["send"] = send) => !change.isPending && !isClash && change.mutate({ send: chosen });

  return (
    <form
      noValidate
      className="mt-1 flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={publishesByKeyboard(save)}
    >
      <MarkdownField label={label} value={text} onChange={({ target }) => setText(target.value)} autoFocus />
      {isClash && (
        <Conflict
          clashes={[{ field: label, theirs, mine: text }]}
          by={changedBy?.(incident)}
          onKeepMine={() => setBefore(theirs)}
          onTakeTheirs={() => {
            setBefore(theirs);
            setText(theirs);
          }}
        />
      )}
      {change.error && !isStale(change.error) ? <FormError error={change.error} /> : null}
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="quiet" onClick={onEnd}>
          Cancel
        </Button>
        {children?.(save)}
        <Button type="submit" kind="primary" busy={change.isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
