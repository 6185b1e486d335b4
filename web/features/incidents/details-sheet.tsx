"use client";
/** Changes what is said of an incident as a whole. What somebody else changes meanwhile stays, or stands beside mine. */
import { useState } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { FormEnd } from "@/components/sheet-end";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { isStale, useChange } from "@/features/incidents/changing";
import { type Incident, impactOf } from "@/features/incidents/content";
import { clashesOf, type Details, detailsOf, merged, toChange } from "@/features/incidents/details";
import { publishesByKeyboard } from "@/features/incidents/keyboard";
import { ImpactField, PastTimes, VisibilityField } from "@/features/incidents/more-fields";
import { useRefusals } from "@/features/incidents/refusals";
import { ServiceMatrix } from "@/features/incidents/service-matrix";
import { useServices } from "@/features/incidents/use-services";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { asProblem } from "@/lib/problem";
import { toast } from "@/lib/store";
import { useClosing } from "@/lib/unsaved";

const FIELDS = ["title", "description", "services", "impact", "started_at", "resolved_at"];

export function DetailsSheet({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { api } = useOrganization();
  const { services } = useServices();
  const theirs = detailsOf(incident);
  const [before, setBefore] = useState(theirs);
  const [mine, setMine] = useState(theirs);
  const isDirty = toChange(before, mine) !== null;
  const leave = useClosing(isDirty, onClose);

  const nameOf = (id: string) =>
    services?.nameOf(id) ?? incident.services.find(({ service_id }) => service_id === id)?.name ?? "A service";
  const clashes = clashesOf(before, theirs, mine, nameOf);
  const change = useChange<Details>({
    incident,
    stillMeant: (fresh) => clashesOf(before, detailsOf(fresh), mine, nameOf).length === 0,
    send: (typed, { id, version }) =>
      data(
        api.PATCH("/api/incidents/v1/incidents/{incident_id}", {
          params: { path: { incident_id: id } },
          body: toChange(before, typed) ?? {},
          headers: ifMatch(version),
        }),
      ),
    onDone: () => {
      toast("Incident changed");
      onClose();
    },
  });

  const set = (changed: Partial<Details>) => setMine({ ...mine, ...changed });
  const save = () => !change.isPending && clashes.length === 0 && (isDirty ? change.mutate(mine) : onClose());
  const problem = change.error && !isStale(change.error) ? asProblem(change.error) : null;
  const { form, refusalOf, rest } = useRefusals(problem, FIELDS);

  return (
    <Sheet open onOpenChange={(open) => !open && leave()}>
      <SheetContent
        title="Edit the incident"
        description="What it says of itself; to tell people news, post an update."
        className="sm:max-w-xl"
      >
        <form
          ref={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
          onKeyDown={publishesByKeyboard(save)}
        >
          <Field label="Title" error={mine.title.trim() ? refusalOf("title") : "Type a title."}>
            <Input value={mine.title} maxLength={200} onChange={({ target }) => set({ title: target.value })} />
          </Field>
          {services && (
            <ServiceMatrix
              groups={services.groups}
              affected={mine.affected}
              // Another choice of services means another impact, unless somebody says which.
              onChange={(affected) => set({ affected, impact: null })}
              error={refusalOf("services")}
            />
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <ImpactField
              impact={mine.impact}
              proposed={impactOf(mine.affected)}
              onChange={(impact) => set({ impact })}
              error={refusalOf("impact")}
            />
            <VisibilityField visibility={mine.visibility} onChange={(visibility) => set({ visibility })} />
          </div>
          {mine.past && (
            <PastTimes
              past={mine.past}
              onChange={(past) => set({ past })}
              errors={{ startedAt: refusalOf("started_at"), resolvedAt: refusalOf("resolved_at") }}
            />
          )}
          <MarkdownField
            label="Description"
            error={refusalOf("description")}
            value={mine.description}
            onChange={({ target }) => set({ description: target.value })}
          />
          {clashes.length > 0 && (
            <Conflict
              clashes={clashes}
              onKeepMine={() => {
                setMine(merged(before, theirs, mine));
                setBefore(theirs);
              }}
              onTakeTheirs={() => {
                setMine(theirs);
                setBefore(theirs);
              }}
            />
          )}
          <FormEnd action="Save" busy={change.isPending} onCancel={leave}>
            <FormError error={rest} />
          </FormEnd>
        </form>
      </SheetContent>
    </Sheet>
  );
}
