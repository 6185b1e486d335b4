/** One service in the list: its name leads to its page, its status is set here, and below its name stands why it is as it is. */
import { EllipsisVertical, EyeOff, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import { UnderMaintenance, Why } from "@/components/causes";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { ArrangeButtons, movesByKeyboard } from "@/features/services/arrange-buttons";
import { StatusMenu } from "@/features/services/status-menu";
import type { Tree } from "@/features/services/tree";
import type { Service } from "@/features/services/use-status";
import { lookOf } from "@/lib/status";

export const ROW =
  "flex min-h-11 items-center gap-2 rounded-md px-2 has-[:focus-visible]:bg-hover hover:bg-hover sm:min-h-10";

export function ServiceRow({ service, tree }: { service: Service; tree: Tree }) {
  const { slug, mayArrange, isArranging, moveOf, onMove, onEdit, onDelete } = tree;
  const { id, name } = service;
  return (
    <div
      className={ROW}
      data-row={id}
      onKeyDownCapture={mayArrange ? movesByKeyboard((direction) => onMove(id, name, direction)) : undefined}
    >
      <div className="min-w-0 flex-1 py-1">
        <span className="flex flex-wrap items-center gap-x-2">
          <Link
            href={`/${slug}/services/${id}`}
            data-control="name"
            className="wrap-anywhere font-medium hover:underline touch:inline-flex touch:min-h-11 touch:min-w-11 touch:items-center"
          >
            {name}
          </Link>
          {service.visibility === "internal" && (
            <Badge>
              <EyeOff className="size-3" aria-hidden /> Internal
            </Badge>
          )}
        </span>
        <Reasons service={service} slug={slug} />
      </div>
      {isArranging ? (
        <ArrangeButtons
          name={name}
          moveOf={(direction) => moveOf(id, direction)}
          onMove={(direction) => onMove(id, name, direction)}
        />
      ) : (
        <>
          <StatusMenu service={service} isNarrow />
          {mayArrange && (
            <Menu>
              <MenuTrigger asChild>
                <Button kind="quiet" size="icon" aria-label={`More for ${name}`}>
                  <EllipsisVertical aria-hidden />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => onEdit(service)}>
                  <Pencil aria-hidden /> Edit
                </MenuItem>
                <MenuItem danger onSelect={() => onDelete(service)}>
                  <Trash2 aria-hidden /> Delete
                </MenuItem>
              </MenuContent>
            </Menu>
          )}
        </>
      )}
    </div>
  );
}

/** On a phone the word of the status, too. */
function Reasons({ service, slug }: { service: Service; slug: string }) {
  return (
    <p className="flex flex-wrap gap-x-2 text-quiet text-xs touch:-mt-1.5 touch:pb-2">
      {service.status === service.base_status && <span className="sm:hidden">{lookOf(service.status).word}</span>}
      <Why service={service} slug={slug} />
      <UnderMaintenance service={service} slug={slug} />
    </p>
  );
}
