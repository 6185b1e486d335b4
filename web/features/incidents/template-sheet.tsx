"use client";
/** Writes a template, or changes one. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { MarkdownField } from "@/components/markdown-field";
import { FormEnd } from "@/components/sheet-end";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { isStale } from "@/features/incidents/changing";
import { type Affected, affectedOf, impactOf, named, type Visibility } from "@/features/incidents/content";
import { publishesByKeyboard } from "@/features/incidents/keyboard";
import { ImpactField, VisibilityField } from "@/features/incidents/more-fields";
import { useRefusals } from "@/features/incidents/refusals";
import { ServiceMatrix } from "@/features/incidents/service-matrix";
import { StatusStepper } from "@/features/incidents/status-stepper";
import { useServices } from "@/features/incidents/use-services";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import type { components } from "@/lib/api/incidents";
import { asProblem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import type { IncidentImpact, IncidentStatus } from "@/lib/status";
import { toast } from "@/lib/store";
import { useClosing } from "@/lib/unsaved";

type Template = components["schemas"]["TemplateView"];

interface Values {
  name: string;
  title: string;
  message: string;
  status: IncidentStatus;
  impact: IncidentImpact | null;
  visibility: Visibility;
  affected: Affected;
}

const FIELDS = ["name", "title", "message", "services"];

export function TemplateSheet({ template, onClose }: { template: Template | null; onClose: () => void }) {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const { services } = useServices();
  const [before] = useState(() => valuesOf(template));
  const [values, setValues] = useState(before);
  const [theirs, setTheirs] = useState<Template | null>(null);
  const [version, setVersion] = useState(template?.version ?? 0);
  const [key] = useState(() => crypto.randomUUID());
  const isDirty = JSON.stringify(values) !== JSON.stringify(before);
  const leave = useClosing(isDirty, onClose);

  const saving = useMutation({
    mutationFn: async (): Promise<Template> => {
      const { affected, ...others } = values;
      const body = { ...others, services: named(affected) };
      if (!template) {
        return data(api.POST("/api/incidents/v1/templates", { body, headers: { "Idempotency-Key": key } }));
      }
      const params = { path: { template_id: template.id } };
      try {
        return await data(
          api.PUT("/api/incidents/v1/templates/{template_id}", { params, body, headers: ifMatch(version) }),
        );
      } catch (thrown) {
        if (isStale(thrown)) setTheirs(await data(api.GET("/api/incidents/v1/templates/{template_id}", { params })));
        throw thrown;
      }
    },
    onSuccess: ({ name }) => {
      void cache.invalidateQueries({ queryKey: keys.templates(id) });
      toast(`Template “${name}” is saved`);
      onClose();
    },
  });
  const problem = saving.error && !isStale(saving.error) ? asProblem(saving.error) : null;
  const { form, refusalOf, rest } = useRefusals(problem, FIELDS);

  const set = (changed: Partial<Values>) => setValues({ ...values, ...changed });
  const save = () => !saving.isPending && !theirs && saving.mutate();

  return (
    <Sheet open onOpenChange={(open) => !open && leave()}>
      <SheetContent
        title={template ? "Edit the template" : "New template"}
        description={"{services} stands for the names of the services, {time} for when it is used."}
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
          <Field label="Name of the template" error={refusalOf("name")}>
            <Input value={values.name} maxLength={200} onChange={({ target }) => set({ name: target.value })} />
          </Field>
          <Field label="Title of the incident" error={refusalOf("title")}>
            <Input
              value={values.title}
              maxLength={200}
              placeholder="Problems with {services}"
              onChange={({ target }) => set({ title: target.value })}
            />
          </Field>
          <MarkdownField
            label="Message"
            error={refusalOf("message")}
            value={values.message}
            onChange={({ target }) => set({ message: target.value })}
          />
          <StatusStepper status={values.status} onChange={(status) => set({ status })} />
          {services && (
            <ServiceMatrix
              groups={services.groups}
              affected={values.affected}
              onChange={(affected) => set({ affected })}
              error={refusalOf("services")}
            />
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <ImpactField
              impact={values.impact}
              proposed={impactOf(values.affected)}
              onChange={(impact) => set({ impact })}
            />
            <VisibilityField visibility={values.visibility} onChange={(visibility) => set({ visibility })} />
          </div>
          {theirs && (
            <Conflict
              clashes={[{ field: "Template", theirs: inWords(valuesOf(theirs)), mine: inWords(values) }]}
              onKeepMine={() => {
                setVersion(theirs.version);
                setTheirs(null);
              }}
              onTakeTheirs={() => {
                setVersion(theirs.version);
                setValues(valuesOf(theirs));
                setTheirs(null);
              }}
            />
          )}
          <FormEnd action="Save" busy={saving.isPending} onCancel={leave}>
            <FormError error={rest} />
          </FormEnd>
        </form>
      </SheetContent>
    </Sheet>
  );
}

function valuesOf(template: Template | null): Values {
  if (!template) {
    return {
      name: "",
      title: "",
      message: "",
      status: "investigating",
      impact: null,
      visibility: "public",
      affected: {},
    };
  }
  const { name, title, message, status, impact, visibility, services } = template;
  const present = services.filter(({ is_deleted }) => !is_deleted);
  return { name, title, message, status, impact, visibility, affected: affectedOf(present, impact) };
}

function inWords({ name, title, message }: Values): string {
  return `${name}\n${title}\n${message}`;
}
