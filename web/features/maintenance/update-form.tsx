"use client";
/** Says something about a window. What is typed survives a reload, and is posted once, whatever the network does. */
import { useState } from "react";
import { MarkdownField } from "@/components/markdown-field";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { useShow } from "@/features/maintenance/actions";
import { Outcome } from "@/features/maintenance/outcome";
import type { WindowView } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { Drafts } from "@/lib/drafts";
import { usePublication } from "@/lib/use-publication";

export function UpdateForm({ window }: { window: WindowView }) {
  const { id: organizationId, api } = useOrganization();
  const show = useShow();
  const [drafts] = useState(() => new Drafts<string>(`maintenance ${window.id} update`, organizationId));
  const [text, setText] = useState(() => drafts.read()?.content ?? "");
  const [isEmpty, setEmpty] = useState(false);
  const { publication, publish, cancel, reset } = usePublication<string, WindowView>({
    drafts,
    post: (message, key, signal) => {
      const params = { path: { maintenance_id: window.id } };
      const headers = { "Idempotency-Key": key };
      const path = "/api/maintenance/v1/maintenances/{maintenance_id}/updates";
      return data(api.POST(path, { params, headers, body: { message }, signal }));
    },
    onPublished: (changed) => {
      show(changed);
      setText("");
      reset();
    },
  });
  const isEditing = publication.state === "editing";

  function type(typed: string) {
    setText(typed);
    setEmpty(false);
    drafts.write(typed);
  }

  return (
    <form
      className="mb-5 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        setEmpty(!text.trim());
        if (text.trim() && isEditing) publish(text);
      }}
    >
      <MarkdownField
        label="Say how it goes"
        value={text}
        onChange={({ target }) => type(target.value)}
        readOnly={!isEditing}
        error={isEmpty ? "Say something first." : undefined}
      />
      <Outcome
        publication={publication}
        problem={isEditing ? publication.problem : null}
        done="posted"
        onCancel={cancel}
      />
      {publication.state !== "waiting" && (
        <Actions className="pt-0">
          <Button type="submit" kind="primary" busy={!isEditing}>
            Post update
          </Button>
        </Actions>
      )}
    </form>
  );
}
