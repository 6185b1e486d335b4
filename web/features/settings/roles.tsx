import type { ComponentProps } from "react";
import { Select } from "@/components/ui/input";
import type { Role } from "@/lib/auth";

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

/** For below a field: "A viewer reads everything; a responder …". */
export function WhatRolesMay() {
  return <>{ORDER.map((role) => `${ROLES[role].name}: ${ROLES[role].may}.`).join(" ")}</>;
}
