import type { Metadata } from "next";
import { Suspense } from "react";
import { FirstAdmin } from "@/features/session/first-admin";

export const metadata: Metadata = { title: "Make the first admin" };

export default function Page() {
  return (
    <Suspense>
      <FirstAdmin />
    </Suspense>
  );
}
