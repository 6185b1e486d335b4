import type { Metadata } from "next";
import { Composer } from "@/features/incidents/composer";

export const metadata: Metadata = { title: "New incident" };

export default function Page() {
  return <Composer />;
}
