"use client";
/** Asks before something that cannot be taken back. */
import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { useOver } from "@/components/ui/over";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What it means. */
  children: ReactNode;
  /** What is done, as a verb: "Delete service". */
  action: string;
  onConfirm: () => void;
  busy?: boolean;
}

export function Confirm({ open, onOpenChange, title, children, action, onConfirm, busy }: Props) {
  const { onCloseAutoFocus } = useOver(open, () => onOpenChange(false));
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-[#000]/40" />
        <Radix.Content
          onCloseAutoFocus={onCloseAutoFocus}
          className="fixed top-[20vh] left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 rounded-xl border bg-raised p-5 shadow-xl"
        >
          <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
          <Radix.Description asChild>
            <div className="mt-1 text-quiet">{children}</div>
          </Radix.Description>
          <Actions>
            <Radix.Cancel asChild>
              <Button>Keep it as it is</Button>
            </Radix.Cancel>
            <Button kind="danger" busy={busy ?? false} onClick={onConfirm}>
              {action}
            </Button>
          </Actions>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
