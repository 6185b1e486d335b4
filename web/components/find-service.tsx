import { Search } from "lucide-react";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";

interface Props {
  search: string;
  onSearch: (search: string) => void;
  className?: string;
}

/** Where a few letters of a service's name are typed, above a long list of services. */
export function FindService({ search, onSearch, className }: Props) {
  return (
    <div className={cn("relative", className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-quiet"
        aria-hidden
      />
      <Input
        type="search"
        aria-label="Find a service"
        placeholder="Find a service"
        className="pl-8"
        value={search}
        onChange={({ target }) => onSearch(target.value)}
      />
    </div>
  );
}
