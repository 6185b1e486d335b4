import { Suspense } from "react";
import { Home } from "@/features/session/guards";

export default function Page() {
  return (
    <Suspense>
      <Home />
    </Suspense>
  );
}
