import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";

/**
 * The end of a sheet's form, which stays in sight while the rest scrolls: what the form learns while it is filled in, such as overlaps, must
 * not move the button from under the pointer.
 */
export function SheetEnd({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-5 z-10 -mx-5 -mb-5 flex flex-col gap-2 border-t bg-raised px-5 pt-3 pb-[calc(0.75rem+env(safe-area-inset-bottom))]">
      {children}
    </div>
  );
}

interface Props {
  /** What its button says. */
  action: string;
  busy: boolean;
  onCancel: () => void;
  /** What keeps it from being sent. */
  children?: ReactNode;
}

/** The usual one: what went wrong, the way back and the way on. */
export function FormEnd({ action, busy, onCancel, children }: Props) {
  return (
    <SheetEnd>
      {children}
      <Actions className="pt-0">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {action}
        </Button>
      </Actions>
    </SheetEnd>
  );
}
