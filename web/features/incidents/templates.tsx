"use client";
/** /incidents/templates: what is said of an incident, prepared by day for the night. Admins write them, responders use them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Plus, Trash2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { PageHeading } from "@/components/page-heading";
import { StatusLabel } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import { RowSkeletons } from "@/features/incidents/incident-row";
import { Refusal } from "@/features/incidents/refusal";
import { TemplateSheet } from "@/features/incidents/template-sheet";
import { useOrganization } from "@/features/shell/organization";
import { ifMatch } from "@/lib/api/client";
import type { components } from "@/lib/api/incidents";
import { keys, queries } from "@/lib/queries";
import { toast } from "@/lib/store";

type Template = components["schemas"]["TemplateView"];

export function Templates() {
  const organization = useOrganization();
  const { slug, may } = organization;
  const {
    data: templates,
    error,
    refetch,
  } = useQuery({
    ...queries.templates(organization),
    enabled: may("responder"),
  });
  const [edited, setEdited] = useState<Template | "new" | null>(null);
  const create = may("admin") && (
    <Button kind="primary" onClick={() => setEdited("new")}>
      <Plus aria-hidden /> New template
    </Button>
  );

  return (
    <>
      <Link
        href={`/${slug}/incidents`}
        className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-ink touch:min-h-11"
      >
        <ArrowLeft className="size-4" aria-hidden /> Incidents
      </Link>
      <PageHeading title="Templates">{templates && templates.length > 0 && create}</PageHeading>
      {!may("responder") ? (
        <Empty title="Your role reads incidents">Templates are for those who write them.</Empty>
      ) : error && !templates ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !templates ? (
        <RowSkeletons />
      ) : templates.length === 0 ? (
        <Empty title="No templates yet" action={create}>
          A template fills in a new incident: title, message, services. At night only what is special is left to type.
        </Empty>
      ) : (
        <ul className="overflow-hidden rounded-lg border">
          {templates.map((template) => (
            <Row key={template.id} template={template} mayChange={may("admin")} onEdit={() => setEdited(template)} />
          ))}
        </ul>
      )}
      {edited && <TemplateSheet template={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

interface RowProps {
  template: Template;
  mayChange: boolean;
  onEdit: () => void;
}

function Row({ template, mayChange, onEdit }: RowProps) {
  const [isDeleting, setDeleting] = useState(false);
  const { name, title, status, services } = template;
  return (
    <li className="relative flex items-center gap-3 border-b px-3 py-2.5 last:border-b-0 hover:bg-hover">
      <div className="min-w-0 flex-1">
        <h2 className="wrap-anywhere font-medium">
          {mayChange ? (
            <button type="button" onClick={onEdit} className="text-left after:absolute after:inset-0">
              {name}
            </button>
          ) : (
            name
          )}
        </h2>
        <p className="flex flex-wrap items-center gap-x-2 text-quiet text-xs">
          <StatusLabel status={status} />
          <span className="wrap-anywhere">{title}</span>
          {services.length > 0 && <span>{services.map((service) => service.name).join(", ")}</span>}
        </p>
      </div>
      {mayChange && (
        <Button
          kind="quiet"
          size="icon"
          className="relative"
          aria-label={`Delete ${name}`}
          onClick={() => setDeleting(true)}
        >
          <Trash2 aria-hidden />
        </Button>
      )}
      {isDeleting && <Deletion template={template} onClose={() => setDeleting(false)} />}
    </li>
  );
}

function Deletion({ template, onClose }: { template: Template; onClose: () => void }) {
  const { id, api } = useOrganization();
  const cache = useQueryClient();
  const deletion = useMutation({
    mutationFn: () =>
      api.DELETE("/api/incidents/v1/templates/{template_id}", {
        params: { path: { template_id: template.id } },
        headers: ifMatch(template.version),
      }),
    onSuccess: () => toast(`Template “${template.name}” is deleted`),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.templates(id) }),
  });
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the template “${template.name}”?`}
      action="Delete template"
      busy={deletion.isPending}
      onConfirm={() => deletion.mutate()}
    >
      <p>Incidents that it filled in stay as they are.</p>
      <Refusal error={deletion.error} />
    </Confirm>
  );
}
