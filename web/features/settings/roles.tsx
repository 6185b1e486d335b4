import type { ComponentProps } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import type { Role } from "@/lib/auth";
import type { FormWith } from "@/lib/form";

/** What a role is called, and what whoever has it may do. */
export const ROLES: Record<Role, { name: string; may: string }> = {
  viewer: { name: "Viewer", may: "reads everything" },
  responder: { name: "Responder", may: "also sets statuses, and tells of incidents and maintenance" },
  admin: { name: "Admin", may: "also changes services, settings and members" },
};
const ORDER: Role[] = ["viewer", "responder", "admin"];

export function RoleSelect(props: ComponentProps<"select">) {
  return (
    <Select {...props}>
      {ORDER.map((role) => (
        <option key={role} value={role}>
          {ROLES[role].name}
        </option>
      ))}
    </Select>
  );
}

const WHAT_THEY_MAY = ORDER.map((role) => `${ROLES[role].name}: ${ROLES[role].may}.`).join(" ");

/** Which role somebody gets, with what each may do below. */
export function RoleField({ form }: { form: FormWith<"role"> }) {
  return (
    <Field label="Role" hint={WHAT_THEY_MAY} error={form.errorOf("role")}>
      <RoleSelect {...form.register("role")} />
    </Field>
  );
}
