import { AuditLog } from "@/features/settings/audit-log";

export default function Page() {
  return <AuditLog />;
}
