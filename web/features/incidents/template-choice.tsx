/** Fills the composer in from a template, with the services that are chosen already where there are some. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { type Content, filledIn, named } from "@/features/incidents/content";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { queries } from "@/lib/queries";

interface Props {
  content: Content;
  onFilledIn: (filled: Content, templateName: string) => void;
}

export function TemplateChoice({ content, onFilledIn }: Props) {
  const organization = useOrganization();
  const { data: templates } = useQuery(queries.templates(organization));
  const [error, setError] = useState<unknown>(null);
  // Until there is one, nothing is to be chosen: the incidents' page leads to them.
  if (!templates || templates.length === 0) return null;

  async function fill(id: string) {
    const template = templates?.find((each) => each.id === id);
    if (!template) return;
    setError(null);
    const chosen = named(content.affected);
    try {
      const proposal = await data(
        organization.api.POST("/api/incidents/v1/templates/{template_id}/render", {
          params: { path: { template_id: id } },
          body: chosen.length > 0 ? { services: chosen } : {},
        }),
      );
      onFilledIn({ ...filledIn(proposal), past: content.past }, template.name);
    } catch (thrown) {
      setError(thrown);
    }
  }

  return (
    <>
      <Field label="Template">
        {/* Always on the first: what it filled in may be changed, and the same may be wanted again. */}
        <Select value="" onChange={({ target }) => void fill(target.value)}>
          <option value="">Fill in from a template</option>
          {templates.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <FormError error={error} />
    </>
  );
}
