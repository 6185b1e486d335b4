/** A form beside what it is about, at the right edge; on a phone it is the whole screen. */
import { Dialog as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { Dialog, Heading, Overlay } from "@/components/ui/dialog";
import { useFocus } from "@/components/ui/over";
import { cn } from "@/lib/cn";

export const Sheet = Dialog;
export const SheetTrigger = Radix.Trigger;
export const SheetClose = Radix.Close;

interface Props extends Omit<ComponentProps<typeof Radix.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
}

export function SheetContent({ title, description, className, children, ...props }: Props) {
  return (
    <Radix.Portal>
      <Overlay />
      <Radix.Content
        className={cn(
          "fixed inset-y-0 right-0 z-50 flex w-full flex-col gap-5 overflow-y-auto bg-raised p-5 shadow-xl outline-none sm:max-w-md sm:border-l",
          "data-[state=open]:slide-in-from-right-8 data-[state=open]:fade-in-0 data-[state=open]:animate-in",
          className,
        )}
        {...(description ? {} : { "aria-describedby": undefined })}
        {...useFocus()}
        {...props}
      >
        <Heading title={title} description={description} />
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}
