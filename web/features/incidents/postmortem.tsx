"use client";
/** What was learned: a draft for members, until it is published for everybody. */
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Markdown } from "@/components/markdown";
import { Timestamp } from "@/components/timestamp";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useChange } from "@/features/incidents/changing";
import type { Incident } from "@/features/incidents/content";
import { Refusal } from "@/features/incidents/refusal";
import { TextEditor } from "@/features/incidents/text-editor";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { toast } from "@/lib/store";

export function PostmortemSection({ incident, mayChange }: { incident: Incident; mayChange: boolean }) {
  const { postmortem } = incident;
  const [isEdited, setEdited] = useState(false);
  // What went wrong is learned when it is over.
  if (!postmortem && (!mayChange || incident.status !== "resolved")) return null;
  return (
    <section aria-labelledby="postmortem" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h2 id="postmortem" className="font-medium">
          Postmortem
        </h2>
        {postmortem && <Badge>{postmortem.published_at ? "Published" : "Draft, for members"}</Badge>}
        {postmortem && <Timestamp time={postmortem.updated_at} className="text-xs" />}
      </div>
      {isEdited ? (
        <Editor incident={incident} onEnd={() => setEdited(false)} />
      ) : (
        <>
          {postmortem ? (
            <Markdown text={postmortem.body} />
          ) : (
            <p className="text-quiet">
              What happened, why, and what will keep it from happening again. A draft is seen by members alone.
            </p>
          )}
          {mayChange && (
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => setEdited(true)}>{postmortem ? "Edit" : "Write a postmortem"}</Button>
              {postmortem && (
                <Publishing incident={incident} body={postmortem.body} isPublished={postmortem.published_at !== null} />
              )}
            </div>
          )}
        </>
      )}
    </section>
  );
}

function useWrite(publish?: boolean) {
  const { api } = useOrganization();
  return (body: string, { id, version }: Incident) =>
    data(
      api.PUT("/api/incidents/v1/incidents/{incident_id}/postmortem", {
        params: { path: { incident_id: id } },
        body: { body, ...(publish !== undefined && { publish }) },
        headers: ifMatch(version),
      }),
    );
}

function Editor({ incident, onEnd }: { incident: Incident; onEnd: () => void }) {
  const isPublished = Boolean(incident.postmortem?.published_at);
  const write = useWrite();
  const publish = useWrite(true);
  return (
    <TextEditor
      label="What was learned"
      incident={incident}
      textOf={({ postmortem }) => postmortem?.body ?? ""}
      send={write}
      onEnd={onEnd}
      action={isPublished ? "Save for everybody" : "Save draft"}
    >
      {(save) =>
        !isPublished && incident.status === "resolved" && <Button onClick={() => save(publish)}>Publish</Button>
      }
    </TextEditor>
  );
}

interface PublishingProps {
  incident: Incident;
  body: string;
  isPublished: boolean;
}

/** Out to everybody and back, or away. */
function Publishing({ incident, body, isPublished }: PublishingProps) {
  const { api } = useOrganization();
  const write = useWrite(!isPublished);
  const [isDeleting, setDeleting] = useState(false);
  const stillMeant = ({ postmortem }: Incident) => postmortem?.body === body;
  const toggle = useChange<void>({
    incident,
    stillMeant,
    send: (_, present) => write(body, present),
    onDone: () => toast(isPublished ? "Members alone read the postmortem" : "Everybody reads the postmortem"),
  });
  const remove = useChange<void>({
    incident,
    stillMeant,
    send: (_, { id, version }) =>
      data(
        api.DELETE("/api/incidents/v1/incidents/{incident_id}/postmortem", {
          params: { path: { incident_id: id } },
          headers: ifMatch(version),
        }),
      ),
    onDone: () => toast("Postmortem deleted"),
  });
  return (
    <>
      {(isPublished || incident.status === "resolved") && (
        <Button busy={toggle.isPending} onClick={() => toggle.mutate()}>
          {isPublished ? "Take back from visitors" : "Publish"}
        </Button>
      )}
      <Button kind="quiet" onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Delete the postmortem?"
        action="Delete postmortem"
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        <p>{isPublished ? "Visitors no longer see it, and its text is lost." : "Its text is lost."}</p>
        <Refusal error={remove.error} />
      </Confirm>
      <Refusal error={toggle.error} />
    </>
  );
}
