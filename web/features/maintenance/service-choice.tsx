"use client";
/** The services that it is about, in the order of the page. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FormError } from "@/components/error-state";
import { FindService } from "@/components/find-service";
import { Skeleton } from "@/components/ui/skeleton";
import { useOrganization } from "@/features/shell/organization";
import { grouped } from "@/lib/grouping";
import { queries } from "@/lib/queries";

/** From here on one is found by its name rather than by looking. */
const MANY = 10;

interface Props {
  value: string[];
  onChange: (value: string[]) => void;
}

export function ServiceChoice({ value, onChange }: Props) {
  const organization = useOrganization();
  const layout = useQuery(queries.layout(organization));
  const services = useQuery(queries.services(organization));
  const [search, setSearch] = useState("");
  const error = layout.error ?? services.error;
  const isThere = layout.data && services.data;
  const groups = isThere ? grouped(layout.data, services.data) : [];
  const matches = ({ name }: { name: string }) => name.toLowerCase().includes(search.trim().toLowerCase());

  function choose(id: string, isChosen: boolean) {
    onChange(isChosen ? [...value, id] : value.filter((each) => each !== id));
  }
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">
        Services{value.length > 0 && <span className="font-normal text-quiet"> · {value.length} chosen</span>}
      </legend>
      {error && !isThere && <FormError error={error} />}
      {!error && !isThere && <Skeleton className="h-24" />}
      {isThere && services.data.length > MANY && (
        <FindService search={search} onSearch={setSearch} className="mb-1.5" />
      )}
      {isThere && services.data.length === 0 && <p className="text-quiet">There are no services yet.</p>}
      {isThere && services.data.length > 0 && (
        // Its edge is always seen to cut a line, so that it is seen to go on.
        <div className="max-h-54 overflow-y-auto rounded-md border border-line-strong py-1">
          {groups.map(({ id, names, services }) => {
            const found = services.filter(matches);
            if (found.length === 0) return null;
            return (
              <div key={id}>
                {names.length > 0 && <p className="truncate px-3 pt-1.5 text-quiet text-xs">{names.join(" / ")}</p>}
                {found.map((service) => (
                  <label
                    key={service.id}
                    className="flex cursor-pointer items-center gap-2 px-3 py-1 hover:bg-hover touch:min-h-11"
                  >
                    <input
                      type="checkbox"
                      className="size-4 shrink-0 accent-accent"
                      checked={value.includes(service.id)}
                      onChange={({ target }) => choose(service.id, target.checked)}
                    />
                    <span className="min-w-0 flex-1 truncate">{service.name}</span>
                    {service.visibility === "internal" && <span className="text-quiet text-xs">internal</span>}
                  </label>
                ))}
              </div>
            );
          })}
        </div>
      )}
    </fieldset>
  );
}
