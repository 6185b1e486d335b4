import type { Metadata } from "next";
import { MaintenanceCalendar } from "@/features/maintenance/calendar";

export const metadata: Metadata = { title: "Maintenance" };

export default function Page() {
  return <MaintenanceCalendar />;
}
