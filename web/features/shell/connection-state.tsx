"use client";
/** Says when what is shown may not be what is. Nothing while all is well. */
import { CloudOff, LoaderCircle } from "lucide-react";
import { useStore } from "@/lib/store";

export function ConnectionState() {
  const connection = useStore((state) => state.connection);
  return (
    <p role="status" className="flex items-center gap-1.5 text-quiet text-xs">
      {connection === "reconnecting" && (
        <>
          <LoaderCircle className="size-3.5 animate-spin" aria-hidden /> Reconnecting
        </>
      )}
      {connection === "offline" && (
        <>
          <CloudOff className="size-3.5" aria-hidden /> Offline
        </>
      )}
    </p>
  );
}
