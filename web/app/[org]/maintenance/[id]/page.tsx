import type { Metadata } from "next";
import { WindowPage } from "@/features/maintenance/window-page";

export const metadata: Metadata = { title: "Maintenance" };

export default function Page() {
  return <WindowPage />;
}
