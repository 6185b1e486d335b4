import type { Metadata } from "next";
import { Suspense } from "react";
import { Reset } from "@/features/session/reset";

export const metadata: Metadata = { title: "Choose a new password" };

export default function Page() {
  return (
    <Suspense>
      <Reset />
    </Suspense>
  );
}
