"use client";
import { PageHeading } from "@/components/page-heading";

export function ServiceList() {
  return <PageHeading title="Services" />;
}
