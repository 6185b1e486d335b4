import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Settings } from "@/features/settings/settings";

export const metadata: Metadata = { title: "Settings" };

export default function Layout({ children }: { children: ReactNode }) {
  return <Settings>{children}</Settings>;
}
