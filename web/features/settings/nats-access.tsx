"use client";
/** How another system follows the organization's public events on NATS: what an operator types, and what the system then reads. */
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Code } from "@/features/settings/code";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";

// As `tidings nats-access` takes it.
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

export function NatsAccess() {
  const { id, slug } = useOrganization();
  const [typed, setTyped] = useState("billing");
  const isName = NAME.test(typed);
  const name = isName ? typed : "billing";
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <Section
        title="Make an access"
        intro="A system that must know at once when something changes reads this organization's public events from NATS, with a user of its own. Whoever runs Tidings makes it, in a terminal."
      >
        <Field
          label="Name of the system"
          error={isName ? undefined : "Small letters, digits and inner hyphens, 32 at most."}
        >
          <Input
            value={typed}
            autoCapitalize="none"
            spellCheck={false}
            className="max-w-60"
            onChange={({ target }) => setTyped(target.value)}
          />
        </Field>
        <Command where="On one machine, where make run runs" text={`make nats-access ORG=${slug} NAME=${name}`} />
        <Command where="With Docker Compose" text={`docker compose run --rm operator nats-access ${slug} ${name}`} />
        <Command where="Elsewhere" text={`tidings nats-access ${slug} ${name}`} />
        <p className="text-quiet">
          It prints NATS_URL, NATS_USER, NATS_PASSWORD and PAGE_URL. The password is shown this once. The same command
          with REMOVE=1, or --remove, takes the access away again.
        </p>
      </Section>
      <Section title="Read events" intro="The user has one durable consumer, of its own name, with this subject:">
        <Code text={`status.${id}.public.>`} label="Copy the subject" />
        <p className="text-quiet">
          Each message is a CloudEvent whose payload is the whole incident, window or service. A message of an incident
          that was opened has the subject
        </p>
        <Code text={`status.${id}.public.incidents.incident.opened`} label="Copy the example's subject" />
        <p className="text-quiet">
          An example that loses and doubles nothing comes with Tidings. With the variables from above in its
          environment:
        </p>
        <Code text="python docs/examples/subscribe.py" label="Copy the example's command" />
        <p className="text-quiet">docs/subscribing.md says all of what is promised, and what a subscriber does.</p>
      </Section>
    </div>
  );
}

function Command({ where, text }: { where: string; text: string }) {
  return (
    <div>
      <p className="mb-1 text-quiet text-xs">{where}</p>
      <Code text={text} label={`Copy the command: ${where}`} />
    </div>
  );
}
