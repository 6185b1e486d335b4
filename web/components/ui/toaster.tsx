"use client";
/** Shows what `toast` says: at the top, because at the bottom are the buttons that a thumb reaches, and the end of what is read. */
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { Button } from "@/components/ui/button";
import { dismissToast, useStore } from "@/lib/store";

const SHOWN_MS = 6000;

export function Toaster() {
  const toasts = useStore((state) => state.toasts);
  return (
    <Radix.Provider duration={SHOWN_MS}>
      {toasts.map(({ id, text, kind, action }) => (
        <Radix.Root
          key={id}
          onOpenChange={(open) => !open && dismissToast(id)}
          className="slide-in-from-top-2 fade-in-0 flex animate-in items-center gap-2 rounded-lg border bg-raised py-2 pr-1 pl-3 shadow-lg"
        >
          {kind === "done" ? (
            <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden />
          ) : (
            <CircleAlert className="size-4 shrink-0 text-major" aria-hidden />
          )}
          <Radix.Description className="min-w-0 flex-1">{text}</Radix.Description>
          {action && (
            <Radix.Action altText={action.label} asChild>
              <Button size="small" onClick={action.run}>
                {action.label}
              </Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <Button kind="quiet" size="icon" aria-label="Dismiss">
              <X aria-hidden />
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed inset-x-0 top-13 z-50 mx-auto flex w-96 max-w-full flex-col gap-2 p-2 outline-none md:top-0" />
    </Radix.Provider>
  );
}
