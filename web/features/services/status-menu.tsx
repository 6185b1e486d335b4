/** The status of a service, set where it is shown: one tap opens the choice, one tap sets it. */
import { ChevronDown } from "lucide-react";
import { StatusIcon } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { type Service, useSetStatus } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";
import { cn } from "@/lib/cn";
import { lookOf, SERVICE_STATUSES } from "@/lib/status";

interface Props {
  service: Service;
  /** On a phone, where the word stands elsewhere. */
  isNarrow?: boolean;
}

export function StatusMenu({ service, isNarrow }: Props) {
  const { may } = useOrganization();
  const setStatus = useSetStatus();
  const { word } = lookOf(service.status);
  const shown = (
    <>
      <StatusIcon status={service.status} />
      <span className={cn(isNarrow && "max-sm:sr-only")}>{word}</span>
    </>
  );
  if (!may("responder")) return <span className="inline-flex items-center gap-1.5 px-3">{shown}</span>;

  function choose(chosen: string) {
    const status = SERVICE_STATUSES.find((each) => each === chosen);
    if (status) setStatus({ service, status });
  }

  return (
    <Menu>
      <MenuTrigger asChild>
        <Button kind="quiet" className="text-ink" data-control="status">
          <span className="sr-only">Status of {service.name}: </span>
          {shown}
          <ChevronDown className="size-3.5 text-quiet" aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>{service.status === service.base_status ? "Set to" : "Set to, beside its incidents"}</MenuLabel>
        <MenuRadioGroup value={service.base_status} onValueChange={choose}>
          {SERVICE_STATUSES.map((status) => (
            <MenuRadioItem key={status} value={status}>
              <StatusIcon status={status} />
              {lookOf(status).word}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}
