import type { ReactNode } from "react";
import { OrganizationPages } from "@/features/shell/organization";

export default async function Layout({ params, children }: { params: Promise<{ org: string }>; children: ReactNode }) {
  return <OrganizationPages slug={(await params).org}>{children}</OrganizationPages>;
}
