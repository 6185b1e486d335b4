"use client";
import { useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { RoleField } from "@/features/settings/roles";
import { SheetForm } from "@/features/settings/sheet-form";
import { useOrganization } from "@/features/shell/organization";
import type { Role } from "@/lib/auth";
import { useSentForm } from "@/lib/form";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

/** The button, and the form that it opens. */
export function Invite() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Sheet open={isOpen} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button kind="primary" className="self-start">
          <UserPlus aria-hidden /> Invite a colleague
        </Button>
      </SheetTrigger>
      <SheetContent title="Invite a colleague" description="They get a mail with a link, which is good for a week.">
        <Form onEnd={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}

function Form({ onEnd }: { onEnd: () => void }) {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const form = useSentForm<{ email: string; role: Role }>({
    defaultValues: { email: "", role: "responder" },
    send: async (body) => {
      await api.POST("/api/identity/v1/invitations", { body });
      toast(`${body.email} is invited`);
      onEnd();
      await cache.invalidateQueries({ queryKey: keys.invitations(id) });
    },
  });
  return (
    <SheetForm form={form} action="Send the invitation" onCancel={onEnd}>
      <Field label="E-mail" error={form.errorOf("email")}>
        <Input
          type="email"
          autoComplete="off"
          autoFocus
          {...form.register("email", { required: "Type their address." })}
        />
      </Field>
      <RoleField form={form} />
    </SheetForm>
  );
}
