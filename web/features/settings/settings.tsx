"use client";
import { PageHeading } from "@/components/page-heading";

export function Settings() {
  return <PageHeading title="Settings" />;
}
