import type { ComponentProps } from "react";
import { Select } from "@/components/ui/input";
import { ownTimeZone } from "@/lib/time";

/** Every time zone the browser knows, the reader's own among them. */
export function TimeZoneSelect(props: ComponentProps<"select">) {
  const zones = new Set(["UTC", ownTimeZone(), ...Intl.supportedValuesOf("timeZone")]);
  return (
    <Select {...props}>
      {[...zones].map((zone) => (
        <option key={zone} value={zone}>
          {zone.replaceAll("_", " ")}
        </option>
      ))}
    </Select>
  );
}
