"use client";
import { PageHeading } from "@/components/page-heading";

export function MaintenanceCalendar() {
  return <PageHeading title="Maintenance" />;
}
