import type { Metadata } from "next";
import { Suspense } from "react";
import { NewOrganization } from "@/features/session/new-organization";

export const metadata: Metadata = { title: "Create an organization" };

export default function Page() {
  return (
    <Suspense>
      <NewOrganization />
    </Suspense>
  );
}
