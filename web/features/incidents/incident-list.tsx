"use client";
import { PageHeading } from "@/components/page-heading";

export function IncidentList() {
  return <PageHeading title="Incidents" />;
}
