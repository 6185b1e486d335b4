import type { Metadata } from "next";
import { Suspense } from "react";
import { SignUp } from "@/features/session/sign-up";

export const metadata: Metadata = { title: "Create an account" };

export default function Page() {
  return (
    <Suspense>
      <SignUp />
    </Suspense>
  );
}
