/** A window in the middle of the screen; on a phone it is the screen. */
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { OverProvider, useFocus, useOver } from "@/components/ui/over";
import { cn } from "@/lib/cn";

export function Dialog({
  open: given,
  onOpenChange,
  ...props
}: Omit<ComponentProps<typeof Radix.Root>, "defaultOpen">) {
  const [own, setOwn] = useState(false);
  const isOpen = given ?? own;
  const change = (open: boolean) => {
    setOwn(open);
    onOpenChange?.(open);
  };
  const focus = useOver(isOpen, () => change(false));
  return (
    <OverProvider value={focus}>
      <Radix.Root open={isOpen} onOpenChange={change} {...props} />
    </OverProvider>
  );
}
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

interface Props extends Omit<ComponentProps<typeof Radix.Content>, "title"> {
  title: ReactNode;
  /** One sentence below the title, which screen readers say with it. */
  description?: ReactNode;
}

export function DialogContent({ title, description, className, children, ...props }: Props) {
  return (
    <Radix.Portal>
      <Overlay />
      <Radix.Content
        className={cn(
          "fixed z-50 flex flex-col gap-4 overflow-y-auto bg-raised p-5 shadow-xl outline-none max-sm:inset-0 sm:top-[12vh] sm:left-1/2 sm:max-h-[80vh] sm:w-[min(30rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:rounded-xl sm:border",
          "data-[state=open]:fade-in-0 data-[state=open]:animate-in",
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

export function Overlay() {
  return (
    <Radix.Overlay className="data-[state=open]:fade-in-0 fixed inset-0 z-50 bg-[#000]/40 data-[state=open]:animate-in" />
  );
}

export function Heading({ title, description }: Pick<Props, "title" | "description">) {
  return (
    <div className="flex items-start gap-3">
      <div className="min-w-0 flex-1">
        <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
        {description && <Radix.Description className="mt-1 text-quiet">{description}</Radix.Description>}
      </div>
      <Radix.Close asChild>
        <Button kind="quiet" size="icon" aria-label="Close" className="-mt-1 -mr-1.5">
          <X aria-hidden />
        </Button>
      </Radix.Close>
    </div>
  );
}

/** The buttons at the end of a dialog or sheet, the one that does it last. */
export function Actions({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex flex-wrap justify-end gap-2 pt-2", className)} {...props} />;
}
