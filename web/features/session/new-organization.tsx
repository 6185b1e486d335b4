"use client";
/** /organizations/new: three fields, then the page is live. An outside issuer has the organization; here it gets its page. */
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { TimeZoneSelect } from "@/components/time-zone-select";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { LeaveButton } from "@/features/session/elsewhere";
import { Aside, Frame } from "@/features/session/frame";
import { SignedIn } from "@/features/session/guards";
import { create, provision, setTimeZone, type Values, whenPageIsThere } from "@/features/session/make-organization";
import { useSession } from "@/features/session/session";
import type { Auth, Session } from "@/lib/auth";
import { useSentForm } from "@/lib/form";
import { slugOf } from "@/lib/paths";
import { ownTimeZone } from "@/lib/time";

const SLUG = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;

export function NewOrganization() {
  return (
    <SignedIn waiting={null}>
      {(auth, session) => {
        if (auth.managesMembers) return <Form auth={auth} session={session} make={create} />;
        const mayMake = session.organizations.some(({ slug, role }) => !slug && role === "admin");
        return mayMake ? (
          <Form auth={auth} session={session} make={provision} />
        ) : (
          <Nothing auth={auth} session={session} />
        );
      }}
    </SignedIn>
  );
}

interface Props {
  auth: Auth;
  session: Session;
  /** Answers the organization's id. */
  make: (auth: Auth, before: Session, values: Values) => Promise<string>;
}

function Form({ auth, session, make }: Props) {
  const router = useRouter();
  const { change } = useSession();
  const [isSlugTyped, setSlugTyped] = useState(false);
  // A try whose answer is lost may have made more than this.
  const [before] = useState(session);
  const form = useSentForm<Values>({
    defaultValues: { name: "", slug: "", timeZone: ownTimeZone() },
    send: async (values) => {
      const id = await make(auth, before, values);
      const { slug, session: after } = await whenPageIsThere(auth, id);
      await setTimeZone(auth, id, values.timeZone);
      change(after);
      router.replace(`/${slug}`);
    },
  });
  const name = form.register("name", {
    required: "Type its name.",
    onChange: ({ target }) => !isSlugTyped && form.setValue("slug", slugOf(target.value)),
  });
  const slug = form.register("slug", {
    required: "Choose an address.",
    pattern: {
      value: SLUG,
      message: "3 to 63 small letters, digits and hyphens, beginning and ending with a letter or digit.",
    },
    onChange: () => setSlugTyped(true),
  });
  const title = auth.managesMembers ? "Create an organization" : "Create your status page";
  return (
    <Frame title={title} intro="The status page is live at once; you tell people when you like.">
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <Field label="Name" hint="Visitors see it at the top of the page." error={form.errorOf("name")}>
          <Input autoComplete="organization" {...name} />
        </Field>
        <Field label="Address" hint={<Address slug={form.watch("slug")} />} error={form.errorOf("slug")}>
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} {...slug} />
        </Field>
        <Field label="Time zone" hint="Where your days begin." error={form.errorOf("timeZone")}>
          <TimeZoneSelect {...form.register("timeZone")} />
        </Field>
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" busy={form.formState.isSubmitting}>
          Create
        </Button>
      </form>
      {auth.managesMembers && <OtherWays session={session} />}
    </Frame>
  );
}

function OtherWays({ session }: { session: Session }) {
  const first = session.organizations[0];
  return (
    <p className="text-quiet">
      {first?.slug ? (
        <Aside href={`/${first.slug}`}>Back to {first.name}</Aside>
      ) : (
        <>
          Were you invited? <Aside href="/invitation">Join by a code</Aside>
        </>
      )}
    </p>
  );
}

/** With an outside issuer, for whoever has nothing to make here. */
function Nothing({ auth, session }: { auth: Auth; session: Session }) {
  const withPage = session.organizations.filter(({ slug }) => slug);
  const [title, intro] = withPage.length
    ? ["Your status page is there", "More organizations are made where people sign in."]
    : ["There is no status page yet", "An admin of your organization creates it, here."];
  return (
    <Frame title={title} intro={intro}>
      {withPage.map(({ id, slug, name }) => (
        <Aside key={id} href={`/${slug}`}>
          {name}
        </Aside>
      ))}
      <LeaveButton auth={auth} to="/" isKnown />
    </Frame>
  );
}

function Address({ slug }: { slug: string }) {
  return <>The page is at /p/{slug || "…"}/. If that is taken, it gets a number.</>;
}
