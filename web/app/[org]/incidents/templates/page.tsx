import type { Metadata } from "next";
import { Templates } from "@/features/incidents/templates";

export const metadata: Metadata = { title: "Templates" };

export default function Page() {
  return <Templates />;
}
