import type { Metadata } from "next";
import { Suspense } from "react";
import { Invitation } from "@/features/session/invitation";

export const metadata: Metadata = { title: "Join an organization" };

export default function Page() {
  return (
    <Suspense>
      <Invitation />
    </Suspense>
  );
}
