import type { Metadata } from "next";
import { IncidentList } from "@/features/incidents/incident-list";

export const metadata: Metadata = { title: "Incidents" };

export default function Page() {
  return <IncidentList />;
}
