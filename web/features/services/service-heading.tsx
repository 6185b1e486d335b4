"use client";
/** The name of a service, its status, and everything that makes it what it is now. */
import { EyeOff, Pencil, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { UnderMaintenance, Why } from "@/components/causes";
import { PageHeading } from "@/components/page-heading";
import { Timestamp } from "@/components/timestamp";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { StatusMenu } from "@/features/services/status-menu";
import type { Service } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";

const EditService = dynamic(async () => (await import("@/features/services/service-sheet")).EditService);
const DeleteService = dynamic(async () => (await import("@/features/services/delete-service")).DeleteService);

export function ServiceHeading({ service }: { service: Service }) {
  const { slug, may } = useOrganization();
  const router = useRouter();
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const { name, description, visibility } = service;
  return (
    <>
      <PageHeading title={<span className="wrap-anywhere">{name}</span>}>
        {may("admin") && (
          <>
            <Button kind="quiet" onClick={() => setOpen("edit")}>
              <Pencil aria-hidden /> Edit
            </Button>
            <Button kind="quiet" onClick={() => setOpen("delete")}>
              <Trash2 aria-hidden /> Delete
            </Button>
          </>
        )}
      </PageHeading>
      <div className="mb-6 flex flex-col gap-2">
        {description && <p className="wrap-anywhere whitespace-pre-wrap">{description}</p>}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="-ml-3">
            <StatusMenu service={service} />
          </span>
          <span className="flex gap-1 text-quiet text-xs">
            changed <Timestamp time={service.status_changed_at} />
          </span>
          {visibility === "internal" && (
            <Badge>
              <EyeOff className="size-3" aria-hidden /> Internal: visitors do not see it
            </Badge>
          )}
        </div>
        <p className="flex flex-wrap gap-x-3 text-quiet">
          <Why service={service} slug={slug} />
          <UnderMaintenance service={service} slug={slug} />
        </p>
      </div>
      {open === "edit" && <EditService service={service} onClose={() => setOpen(null)} />}
      {open === "delete" && (
        <DeleteService
          service={service}
          onClose={() => setOpen(null)}
          onDeleted={() => router.push(`/${slug}/services`)}
        />
      )}
    </>
  );
}
