import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";

interface Props {
  title: string;
  /** Open from the beginning, because something in it is not as usual. */
  isOpen?: boolean;
  children: ReactNode;
}

/** What is needed rarely. Nothing of it is made before it is opened. */
export function Fold({ title, isOpen = false, children }: Props) {
  const [wasOpened, setOpened] = useState(isOpen);
  return (
    <details
      open={isOpen || undefined}
      onToggle={({ currentTarget }) => currentTarget.open && setOpened(true)}
      className="group rounded-lg border"
    >
      <summary className="flex min-h-9 list-none items-center gap-1.5 px-3 font-medium text-quiet hover:text-ink touch:min-h-11">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
        {title}
      </summary>
      {wasOpened && <div className="flex flex-col gap-4 border-t p-3">{children}</div>}
    </details>
  );
}
