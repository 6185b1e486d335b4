"use client";
/** A time as people say it, "12 min ago", which grows by itself; the exact one, there and in UTC, when it is pressed. */
import { useEffect, useState } from "react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/cn";
import { absolute, ago, untilNextWord } from "@/lib/time";

interface Props {
  time: string;
  className?: string;
}

export function Timestamp({ time, className }: Props) {
  return (
    <Popover>
      {/* The finger's target is larger than what is seen. */}
      <PopoverTrigger
        className={cn(
          "relative text-quiet after:absolute after:-inset-x-1 after:-inset-y-3.5 after:z-1 hover:text-ink",
          className,
        )}
      >
        <Ago time={time} />
      </PopoverTrigger>
      <PopoverContent className="w-auto text-xs">
        <p>{absolute(time)}</p>
        <p className="text-quiet">{absolute(time, "UTC")}</p>
      </PopoverContent>
    </Popover>
  );
}

/** The same in a row that leads to where the time can be pressed: there it would be in a finger's way. */
export function Ago({ time, className }: Props) {
  const now = useNow(time);
  return (
    <time dateTime={time} title={absolute(time)} className={className}>
      {ago(time, now)}
    </time>
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
