"use client";
/** Whoever is signed in: who they are here, their password, where else they are signed in, and their keyboard. */
import { FormError } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Name, NewPassword } from "@/features/session/fields";
import { useSession } from "@/features/session/session";
import { useEnter } from "@/features/session/use-enter";
import { useSignOut } from "@/features/session/use-sign-out";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";
import { ShortcutSwitch } from "@/features/shell/shortcut-dialog";
import { ShortcutList } from "@/features/shell/shortcut-list";
import { data } from "@/lib/api/client";
import type { Auth } from "@/lib/auth";
import { useSentForm } from "@/lib/form";
import { toast } from "@/lib/store";

export function Account() {
  const { current } = useSession();
  if (current.state !== "in") return null;
  const { auth, session } = current;
  const { name, email } = session.person;
  return (
    <div className="flex max-w-xl flex-col gap-8">
      <Section title="You">
        <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-y-1">
          {!auth.managesMembers && <Fact name="Name">{name}</Fact>}
          <Fact name="E-mail">{email}</Fact>
        </dl>
        {auth.managesMembers && <OwnName name={name} />}
      </Section>
      {auth.managesMembers && <OwnPassword />}
      {auth.managesMembers && <EverywhereElse auth={auth} />}
      <Keyboard />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </>
  );
}

function OwnName({ name }: { name: string }) {
  const { api } = useOrganization();
  const enter = useEnter();
  const form = useSentForm({
    // It may be changed in another tab too, and what is typed here stays.
    values: { name },
    resetOptions: { keepDirtyValues: true },
    send: async (body) => {
      const access = await data(api.PATCH("/api/identity/v1/account", { body }));
      form.reset({ name: access.account.name });
      enter(access);
      toast(`You are called ${access.account.name} now`);
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
      <Name form={form} hint="Colleagues see it beside what you do, in every organization of yours." />
      <FormError error={form.problem} />
      <Button type="submit" className="self-start" busy={form.formState.isSubmitting}>
        Change the name
      </Button>
    </form>
  );
}

function OwnPassword() {
  const { api } = useOrganization();
  const enter = useEnter();
  const form = useSentForm({
    defaultValues: { current: "", password: "" },
    send: async (body) => {
      enter(await data(api.PUT("/api/identity/v1/account/password", { body })));
      form.reset();
      toast("Password changed; everything else is signed out");
    },
  });
  return (
    <Section title="Password" intro="A new one signs you out everywhere else.">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <Field label="Present password" error={form.errorOf("current")}>
          <Input
            type="password"
            autoComplete="current-password"
            {...form.register("current", { required: "Type your present password." })}
          />
        </Field>
        <NewPassword form={form} />
        <FormError error={form.problem} />
        <Button type="submit" className="self-start" busy={form.formState.isSubmitting}>
          Change the password
        </Button>
      </form>
    </Section>
  );
}

function EverywhereElse({ auth }: { auth: Auth }) {
  const signOut = useSignOut(auth);
  return (
    <Section title="Signed in" intro="Lost a phone? This ends every session of yours, in this browser too.">
      <Button kind="danger" className="self-start" onClick={() => void signOut("everywhere")}>
        Sign out everywhere
      </Button>
    </Section>
  );
}

function Keyboard() {
  return (
    <Section title="Keyboard">
      <ShortcutSwitch />
      <ShortcutList />
    </Section>
  );
}
