"use client";
/** Makes a key. It is shown this once, so its sheet closes by a button alone as long as it is shown. */
import { useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Sheet, SheetClose, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { Code } from "@/features/settings/code";
import { RoleField } from "@/features/settings/roles";
import { SheetForm } from "@/features/settings/sheet-form";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import type { Role } from "@/lib/auth";
import { useSentForm } from "@/lib/form";
import { Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";

const DAY_MS = 86_400_000;
const LENGTHS = { "30": "30 days", "90": "90 days", "365": "a year", "": "as long as it is not revoked" };

interface Made {
  name: string;
  key: string;
}

export function MakeKey() {
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const show = (open: boolean) => {
    setOpen(open);
    if (!open) setMade(null);
  };
  const keep = (event: Event) => made && event.preventDefault();
  return (
    <Sheet open={isOpen} onOpenChange={show}>
      <SheetTrigger asChild>
        <Button kind="primary" className="self-start">
          <KeyRound aria-hidden /> Make a key
        </Button>
      </SheetTrigger>
      <SheetContent
        title={made ? "Copy the key now" : "Make an API key"}
        description={
          made ? "It is not shown again: only its hash is kept." : "For one machine, with a role of its own."
        }
        onPointerDownOutside={keep}
        onEscapeKeyDown={keep}
      >
        {made ? <Shown made={made} /> : <Form onMade={setMade} onCancel={() => setOpen(false)} />}
      </SheetContent>
    </Sheet>
  );
}

function Shown({ made: { name, key } }: { made: Made }) {
  return (
    <>
      <p className="wrap-anywhere font-medium">{name}</p>
      <Code text={key} label="Copy the key" />
      <p className="text-quiet">Try it, in a terminal:</p>
      <Code
        text={`curl -H "Authorization: Bearer ${key}" ${window.location.origin}/api/catalog/v1/services`}
        label="Copy the command"
      />
      <Actions>
        <SheetClose asChild>
          <Button kind="primary">I have copied it</Button>
        </SheetClose>
      </Actions>
    </>
  );
}

function Form({ onMade, onCancel }: { onMade: (made: Made) => void; onCancel: () => void }) {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const form = useSentForm<{ name: string; role: Role; days: keyof typeof LENGTHS }>({
    defaultValues: { name: "", role: "responder", days: "90" },
    send: async ({ name, role, days }) => {
      const expires_at = days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null;
      try {
        onMade(await data(api.POST("/api/identity/v1/api-keys", { body: { name, role, expires_at } })));
      } catch (thrown) {
        throw thrown instanceof Problem && thrown.kind === "unreachable" ? lost(thrown, name) : thrown;
      } finally {
        void cache.invalidateQueries({ queryKey: keys.apiKeys(id) });
      }
    },
  });
  return (
    <SheetForm form={form} action="Make the key" onCancel={onCancel}>
      <Field label="Name" hint="What uses it, for example Uptime monitor." error={form.errorOf("name")}>
        <Input maxLength={200} autoComplete="off" autoFocus {...form.register("name", { required: "Type a name." })} />
      </Field>
      <RoleField form={form} />
      <Field label="Good for" error={form.errorOf("days")}>
        <Select {...form.register("days")}>
          {Object.entries(LENGTHS).map(([days, name]) => (
            <option key={days} value={days}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
    </SheetForm>
  );
}

/** A key whose answer is lost may be there, and nobody knows it. */
function lost({ requestId }: Problem, name: string): Problem {
  const detail = `If “${name}” is in the list when you are back online, revoke it and make another: nobody has seen it.`;
  return new Problem("unreachable", 0, "unreachable", "No answer came", detail, [], requestId, undefined);
}
