"use client";
/** A time as people say it, "12 min ago", which grows by itself; the exact one, there and in UTC, when it is pressed. */
import { useEffect, useState } from "react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/cn";
import { absolute, ago, untilNextWord } from "@/lib/time";

export function Timestamp({ time, className }: { time: string; className?: string }) {
  const now = useNow(time);
  return (
    <Popover>
      <PopoverTrigger className={cn("text-quiet hover:text-ink", className)}>
        <time dateTime={time}>{ago(time, now)}</time>
      </PopoverTrigger>
      <PopoverContent className="w-auto text-xs">
        <p>{absolute(time)}</p>
        <p className="text-quiet">{absolute(time, "UTC")}</p>
      </PopoverContent>
    </Popover>
  );
}

/** The moment, as far as what is said of `time` depends on it. */
function useNow(time: string): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setTimeout(() => setNow(new Date()), untilNextWord(time, now));
    return () => clearTimeout(timer);
  }, [time, now]);
  return now;
}
