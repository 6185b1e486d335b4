import type { Metadata } from "next";
import { ServiceList } from "@/features/services/service-list";

export const metadata: Metadata = { title: "Services" };

export default function Page() {
  return <ServiceList />;
}
