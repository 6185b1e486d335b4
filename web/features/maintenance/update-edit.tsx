"use client";
/** Gives an update another text. Who is second sees the other text beside their own. */
import { useState } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { isStale, useUpdateChange } from "@/features/maintenance/actions";
import type { WindowView } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { useUnsavedGuard } from "@/lib/unsaved";

interface Props {
  window: WindowView;
  update: WindowView["updates"][number];
  onDone: () => void;
}

export function UpdateEdit({ window, update, onDone }: Props) {
  const { api } = useOrganization();
  const [text, setText] = useState(update.message);
  // What the change is meant for: what is shown may become what somebody else wrote.
  const [before, setBefore] = useState(update.message);
  useUnsavedGuard(text !== before);
  const change = useUpdateChange(window, update.id, before, (version) => {
    const params = { path: { maintenance_id: window.id, update_id: update.id } };
    const path = "/api/maintenance/v1/maintenances/{maintenance_id}/updates/{update_id}";
    return data(api.PATCH(path, { params, headers: ifMatch(version), body: { message: text } }));
  });
  const save = () => change.mutate(undefined, { onSuccess: onDone });
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() && !change.isPending) save();
      }}
    >
      <MarkdownField
        label="Edit the update"
        value={text}
        onChange={({ target }) => setText(target.value)}
        error={text.trim() ? undefined : "An update says something. Delete it instead."}
      />
      {isStale(change.error) && update.message !== before ? (
        <Conflict
          clashes={[{ field: "Update", theirs: update.message, mine: text }]}
          by={update.edited_by?.name}
          onTakeTheirs={onDone}
          onKeepMine={() => {
            setBefore(update.message);
            change.reset();
          }}
        />
      ) : (
        <FormError error={change.error} />
      )}
      <Actions className="pt-0">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" busy={change.isPending}>
          Save
        </Button>
      </Actions>
    </form>
  );
}
