"use client";
/** Posts an update to an incident: what it most likely says is filled in. Also resolves and reopens. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { MarkdownField } from "@/components/markdown-field";
import { PagePreview } from "@/components/page-preview";
import { Button } from "@/components/ui/button";
import { isStale, usePut } from "@/features/incidents/changing";
import { type Incident, updatedPreview } from "@/features/incidents/content";
import { Fold } from "@/features/incidents/fold";
import { publishesByKeyboard } from "@/features/incidents/keyboard";
import { Meanwhile } from "@/features/incidents/meanwhile";
import { published } from "@/features/incidents/publications";
import { PublishBar } from "@/features/incidents/publish-bar";
import { StillBad, useRestoring, useStillBad } from "@/features/incidents/restoring";
import { ServiceMatrix } from "@/features/incidents/service-matrix";
import { StatusStepper } from "@/features/incidents/status-stepper";
import {
  blankUpdate,
  presentlyAffected,
  toUpdate,
  type UpdateContent,
  updateDrafts,
} from "@/features/incidents/update-content";
import { useServices } from "@/features/incidents/use-services";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { keys } from "@/lib/queries";
import { lookOf } from "@/lib/status";
import { usePublication } from "@/lib/use-publication";

export function UpdateForm({ incident }: { incident: Incident }) {
  const organization = useOrganization();
  const drafts = useMemo(() => updateDrafts(organization.id, incident.id), [organization.id, incident.id]);
  const [isOpen, setOpen] = useState(() => incident.status !== "resolved" || drafts.read() !== null);
  if (!isOpen) {
    return (
      <Button className="self-start" onClick={() => setOpen(true)}>
        Post another update
      </Button>
    );
  }
  return <Form incident={incident} drafts={drafts} onPosted={(posted) => setOpen(posted.status !== "resolved")} />;
}

interface Props {
  incident: Incident;
  drafts: ReturnType<typeof updateDrafts>;
  onPosted: (posted: Incident) => void;
}

function Form({ incident, drafts, onPosted }: Props) {
  const organization = useOrganization();
  const { services } = useServices();
  const cache = useQueryClient();
  const put = usePut();
  const restore = useRestoring();
  const stillBad = useStillBad(incident);
  const [draft, setDraft] = useState<UpdateContent | null>(() => drafts.read()?.content ?? null);
  // Until something is typed, what is proposed follows what others do.
  const content = draft ?? blankUpdate(incident);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (window.location.hash === "#update") form.current?.querySelector("textarea")?.focus();
  }, []);

  const { publication, publish, cancel, reset } = usePublication({
    drafts,
    post: async (typed: UpdateContent, key, signal) => {
      try {
        return await data(
          organization.api.POST("/api/incidents/v1/incidents/{incident_id}/updates", {
            params: { path: { incident_id: incident.id } },
            body: toUpdate(typed),
            headers: { "Idempotency-Key": key, ...ifMatch(typed.version) },
            signal,
          }),
        );
      } catch (thrown) {
        // What the other one did is shown beside mine once it is there.
        if (isStale(thrown)) await cache.invalidateQueries({ queryKey: keys.incident(organization.id, incident.id) });
        throw thrown;
      }
    },
    onPublished: (changed, typed, sentAt) => {
      put(changed);
      const last = changed.updates.at(-1);
      if (last) published(incident.id, last.id, sentAt);
      if (changed.status === "resolved") void restore(typed.restored ?? [], changed.title);
      setDraft(null);
      reset();
      onPosted(changed);
    },
  });
  const isEdited = publication.state === "editing";

  function change(changed: Partial<UpdateContent>) {
    const next = { ...content, ...changed };
    setDraft(next);
    drafts.write(next);
  }

  function submit() {
    const restored = content.restored ?? idsOf(stillBad);
    if (isEdited && content.version === incident.version) publish({ ...content, restored });
    else if (isEdited) form.current?.querySelector<HTMLElement>("[data-meanwhile] button")?.focus();
  }

  const verb = actionOf(content, incident);
  return (
    <form
      id="update"
      ref={form}
      noValidate
      aria-label="Post an update"
      className="flex flex-col gap-4 rounded-lg border p-4 max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={publishesByKeyboard(submit)}
    >
      <fieldset disabled={!isEdited} className="flex min-w-0 flex-col gap-4">
        <legend className="sr-only">What there is to say</legend>
        <StatusStepper status={content.status} present={incident.status} onChange={(status) => change({ status })} />
        <MarkdownField
          label="Message"
          value={content.message}
          placeholder="What do people notice now, and what happens next?"
          onChange={({ target }) => change({ message: target.value })}
        />
        {content.status === "resolved" ? (
          <StillBad
            services={stillBad}
            restored={content.restored ?? idsOf(stillBad)}
            onChange={(restored) => change({ restored })}
          />
        ) : (
          services && (
            <Fold title="Change the affected services">
              <ServiceMatrix
                groups={services.groups}
                affected={content.affected ?? presentlyAffected(incident)}
                onChange={(affected) => change({ affected })}
              />
            </Fold>
          )
        )}
        <Preview incident={incident} content={content} />
        {draft && (
          <Meanwhile incident={incident} since={draft.version} onRead={() => change({ version: incident.version })} />
        )}
      </fieldset>
      <PublishBar publication={publication} onCancel={cancel} action={verb}>
        {draft && isEdited && (
          <Button
            kind="quiet"
            size="large"
            onClick={() => {
              drafts.clear();
              setDraft(null);
            }}
          >
            Begin anew
          </Button>
        )}
      </PublishBar>
    </form>
  );
}

function Preview({ incident, content }: { incident: Incident; content: UpdateContent }) {
  const organization = useOrganization();
  if (incident.visibility === "internal") return null;
  return (
    <Fold title="What visitors will see">
      <PagePreview of={organization} typed={updatedPreview(incident, toUpdate(content))}>
        Nothing yet.
      </PagePreview>
    </Fold>
  );
}

function actionOf({ status }: UpdateContent, incident: Incident): string {
  if (status === "resolved" && incident.status !== "resolved") return "Resolve";
  if (status !== "resolved" && incident.status === "resolved") return "Reopen";
  return status === incident.status ? "Post update" : `Post as ${lookOf(status).word.toLowerCase()}`;
}

function idsOf(services: { id: string }[]): string[] {
  return services.map(({ id }) => id);
}
