"use client";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { useOrganization } from "@/features/shell/organization";

export function Overview() {
  const { slug } = useOrganization();
  return (
    <PageHeading title="Overview">
      <Button asChild>
        <a href={`/p/${slug}/`}>Open the page</a>
      </Button>
    </PageHeading>
  );
}
