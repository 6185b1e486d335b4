"use client";
/** Names a group: a new one, or one that is there. */
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Actions, Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Change, Group } from "@/features/services/layout";

interface Props {
  /** Null: a new one, which is the last. */
  group: Group | null;
  onChange: (change: Change, done: string) => void;
  onClose: () => void;
}

export function GroupDialog({ group, onChange, onClose }: Props) {
  const [name, setName] = useState(group?.name ?? "");
  const [isAsked, setAsked] = useState(false);
  const written = name.trim();

  function save() {
    setAsked(true);
    if (!written) return;
    if (!group)
      onChange({ kind: "put", entry: newGroup(written), into: null, before: null }, `Group ${written} created`);
    else if (written !== group.name) onChange({ kind: "edit", id: group.id, name: written }, `Renamed to ${written}`);
    onClose();
  }

  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title={group ? "Rename the group" : "New group"}
        description={group ? undefined : "Then move services into it: arrange, or Alt and the right arrow key."}
      >
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Field label="Name" error={isAsked && !written ? "Type its name." : undefined}>
            <Input value={name} maxLength={200} autoComplete="off" onChange={({ target }) => setName(target.value)} />
          </Field>
          <Actions className="pt-4">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" kind="primary">
              {group ? "Rename" : "Create"}
            </Button>
          </Actions>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function newGroup(name: string): Group {
  return { type: "group", id: crypto.randomUUID(), name, collapsed: false, entries: [], groups: [] };
}
