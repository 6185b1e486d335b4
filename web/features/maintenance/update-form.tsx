"use client";
/** Says something about a window: a new update, or another text for one. What is typed survives a reload. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { useShow } from "@/features/maintenance/actions";
import type { WindowView } from "@/features/maintenance/queries";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { Drafts } from "@/lib/drafts";
import { Problem } from "@/lib/problem";

interface Props {
  window: WindowView;
  /** The one that gets another text; without it there is a new one. */
  update?: WindowView["updates"][number];
  onDone?: () => void;
}

export function UpdateForm({ window, update, onDone }: Props) {
  const { id: organizationId, api } = useOrganization();
  const show = useShow();
  const [drafts] = useState(
    () => new Drafts<string>(`maintenance ${window.id} ${update?.id ?? "new"}`, organizationId),
  );
  const [isEmpty, setEmpty] = useState(false);
  const [text, setText] = useState(() => drafts.read()?.content ?? update?.message ?? "");

  const sending = useMutation({
    mutationFn: () => {
      const body = { message: text };
      if (update) {
        const params = { path: { maintenance_id: window.id, update_id: update.id } };
        const path = "/api/maintenance/v1/maintenances/{maintenance_id}/updates/{update_id}";
        return data(api.PATCH(path, { params, body }));
      }
      const params = { path: { maintenance_id: window.id } };
      const headers = { "Idempotency-Key": drafts.write(text).key };
      return data(api.POST("/api/maintenance/v1/maintenances/{maintenance_id}/updates", { params, headers, body }));
    },
    onSuccess: (changed) => {
      show(changed);
      close();
    },
    onError: (thrown) => {
      // Refused is not under way: what is sent next is another request.
      if (thrown instanceof Problem && thrown.kind === "refused") drafts.unsend();
    },
  });

  function type(typed: string) {
    setText(typed);
    setEmpty(false);
    // Another text is another request; without an answer the same text must be the same one.
    drafts.unsend();
    drafts.write(typed);
  }

  function close() {
    drafts.clear();
    setText("");
    sending.reset();
    onDone?.();
  }

  return (
    <form
      className="mb-5 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (sending.isPending) return;
        setEmpty(!text.trim());
        if (text.trim()) sending.mutate();
      }}
    >
      <MarkdownField
        label={update ? "Edit the update" : "Say how it goes"}
        value={text}
        onChange={({ target }) => type(target.value)}
        error={isEmpty ? "Say something first." : undefined}
      />
      <FormError error={sending.error} />
      <Actions className="pt-0">
        {update && <Button onClick={close}>Cancel</Button>}
        <Button type="submit" kind="primary" busy={sending.isPending}>
          {update ? "Save" : "Post update"}
        </Button>
      </Actions>
    </form>
  );
}
