"use client";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { AuditFilter } from "@/features/settings/queries";
import { useOrganization } from "@/features/shell/organization";
import { data } from "@/lib/api/client";
import { asProblem } from "@/lib/problem";
import { toast } from "@/lib/store";

/** The same as a file for a spreadsheet. It is fetched with the token, which no link carries. */
export function AuditExport({ filter }: { filter: AuditFilter }) {
  const { api, slug } = useOrganization();
  const fetched = useMutation({
    mutationFn: () => data(api.GET("/api/identity/v1/audit.csv", { params: { query: filter }, parseAs: "blob" })),
    onSuccess: (file) => save(file as Blob, `audit-${slug}.csv`),
    onError: (thrown) => toast(`There is no file: ${asProblem(thrown).message}`, { kind: "failed" }),
  });
  return (
    <Button className="h-9" busy={fetched.isPending} onClick={() => fetched.mutate()}>
      <Download aria-hidden /> Export as CSV
    </Button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
