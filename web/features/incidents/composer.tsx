"use client";
/** /incidents/new: everything that a new incident needs, on one screen. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Empty } from "@/components/empty";
import { RequestId } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { PageHeading } from "@/components/page-heading";
import { PagePreview } from "@/components/page-preview";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ComposerSkeleton } from "@/features/incidents/composer-skeleton";
import { BLANK, type Content, isTyped, proposedTitle, toPreview, toRequest } from "@/features/incidents/content";
import { publishesByKeyboard } from "@/features/incidents/keyboard";
import { MoreFields } from "@/features/incidents/more-fields";
import { OpenAlready } from "@/features/incidents/open-already";
import { published } from "@/features/incidents/publications";
import { PublishBar } from "@/features/incidents/publish-bar";
import { focusFirstError, useRefusals } from "@/features/incidents/refusals";
import { ServiceMatrix } from "@/features/incidents/service-matrix";
import { StatusStepper } from "@/features/incidents/status-stepper";
import { TemplateChoice } from "@/features/incidents/template-choice";
import { type Services, useServices } from "@/features/incidents/use-services";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { Drafts } from "@/lib/drafts";
import { asProblem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";
import { toast } from "@/lib/store";
import { usePublication } from "@/lib/use-publication";

const FIELDS = ["title", "message", "services", "impact", "started_at", "resolved_at"];

export function Composer() {
  const { may } = useOrganization();
  const { services, error, retry } = useServices();
  return (
    <>
      <PageHeading title="New incident" />
      {!may("responder") ? (
        <Empty title="Your role reads incidents">Ask an admin of the organization to make you a responder.</Empty>
      ) : services || error ? (
        <Form services={services} unread={error ? <Unread error={error} onRetry={retry} /> : null} />
      ) : (
        <ComposerSkeleton />
      )}
    </>
  );
}

interface FormProps {
  /** Undefined when they cannot be had. */
  services: Services | undefined;
  /** Says so in their place. */
  unread: ReactNode;
}

function Form({ services, unread }: FormProps) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const router = useRouter();
  const drafts = useMemo(() => new Drafts<Content>("incident", organization.id), [organization.id]);
  const [content, setContent] = useState<Content>(() => drafts.read()?.content ?? BLANK);
  const [replaced, setReplaced] = useState<Replaced | null>(() =>
    isTyped(content) ? { says: "This is your draft from before.", offers: "Begin anew", instead: BLANK } : null,
  );
  const [isAsked, setAsked] = useState(false);
  const title = content.title ?? (services ? proposedTitle(content.affected, services.nameOf) : "");
  const titleError = isAsked && !title.trim() ? "Choose a service, or type a title." : undefined;
  // What visitors see must be there to be compared with what will come.
  useQuery(queries.publicPage(organization));

  const { publication, publish, cancel } = usePublication({
    drafts,
    post: (typed: Content, key, signal) =>
      data(
        organization.api.POST("/api/incidents/v1/incidents", {
          body: toRequest(typed, typed.title ?? ""),
          headers: { "Idempotency-Key": key },
          signal,
        }),
      ),
    onPublished: (incident, typed, sentAt) => {
      cache.setQueryData(keys.incident(organization.id, incident.id), incident);
      void cache.invalidateQueries({ queryKey: keys.incidents(organization.id) });
      const [update] = incident.updates;
      // The page may have been over it long since.
      if (typed.past) toast("Written down. Visitors find it in the history");
      else if (update) published(incident.id, update.id, sentAt);
      router.replace(`/${organization.slug}/incidents/${incident.id}`);
    },
  });
  const isEdited = publication.state === "editing";
  const problem = publication.state === "editing" ? publication.problem : null;
  const { form, refusalOf } = useRefusals(problem, FIELDS);
  useEffect(() => {
    if (isAsked) focusFirstError(form.current);
  }, [isAsked, form]);

  function change(changed: Partial<Content>) {
    const next = { ...content, ...changed };
    setContent(next);
    if (isTyped(next)) drafts.write(next);
    else drafts.clear();
  }

  function submit() {
    setAsked(true);
    // The title stands from here on: the same request must be sent again, whatever services are called then.
    if (isEdited && title.trim()) publish({ ...content, title });
  }

  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={publishesByKeyboard(submit)}
      >
        {/* While it is on its way, it must not be said that it is something else. */}
        <fieldset disabled={!isEdited} className="flex min-w-0 flex-col gap-5">
          <legend className="sr-only">What goes wrong</legend>
          {replaced && (
            <Notice
              replaced={replaced}
              onTake={() => {
                change(replaced.instead);
                setReplaced(null);
              }}
            />
          )}
          <TemplateChoice
            content={content}
            onFilledIn={(filled, name) => {
              setReplaced({ says: `Filled in from “${name}”.`, offers: "Undo", instead: content });
              change(filled);
            }}
          />
          {services && (
            <ServiceMatrix
              groups={services.groups}
              affected={content.affected}
              onChange={(affected) => change({ affected })}
              error={refusalOf("services")}
            />
          )}
          {unread}
          {!content.past && <OpenAlready content={content} />}
          <Field
            label="Title"
            hint={
              content.title === null && title ? "Proposed from the services. Type another one if you like." : undefined
            }
            error={titleError ?? refusalOf("title")}
          >
            <Input
              value={title}
              maxLength={200}
              onChange={({ target }) => change({ title: target.value || null })}
              autoComplete="off"
            />
          </Field>
          {!content.past && <StatusStepper status={content.status} onChange={(status) => change({ status })} />}
          <MarkdownField
            label="Message"
            error={refusalOf("message")}
            value={content.message}
            placeholder="What do people notice, and what are you doing about it?"
            onChange={({ target }) => change({ message: target.value })}
          />
          <MoreFields content={content} onChange={change} refusalOf={refusalOf} />
        </fieldset>
        <PublishBar
          publication={publication}
          onCancel={cancel}
          action={content.visibility === "internal" ? "Publish to members" : "Publish"}
        />
      </form>
      <section aria-labelledby="preview" className="min-w-0">
        <h2 id="preview" className="mb-2 font-medium">
          {content.visibility === "internal" ? "Preview: visitors will not see it" : "What visitors will see"}
        </h2>
        <div className="lg:sticky lg:top-7">
          <PagePreview of={organization} typed={title.trim() ? toPreview(content, title) : null}>
            Choose a service or type a title.
          </PagePreview>
        </div>
      </section>
    </div>
  );
}

/** What keeps the services may keep nobody from telling people: what is wrong can be said without them. */
function Unread({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-lg border border-degraded p-3">
      <div>
        <h2 className="font-medium">The services cannot be read now</h2>
        <p className="text-quiet">Publish with a title and a message; name the services when they are back.</p>
      </div>
      <Button onClick={onRetry}>Try again</Button>
      <RequestId of={asProblem(error).requestId} />
    </div>
  );
}

/** What is typed did not come from these fingers just now, and could be something else. */
interface Replaced {
  says: string;
  offers: string;
  instead: Content;
}

function Notice({ replaced: { says, offers }, onTake }: { replaced: Replaced; onTake: () => void }) {
  return (
    <div role="status" className="flex flex-wrap items-center gap-2 rounded-lg border bg-sunken py-1 pr-1 pl-3">
      <p className="min-w-0 flex-1">{says}</p>
      <Button kind="quiet" onClick={onTake}>
        {offers}
      </Button>
    </div>
  );
}
