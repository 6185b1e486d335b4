"use client";
/** The palette and the shortcuts: their keys, a button for fingers, and their code once it is wanted. */
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Kbd } from "@/components/ui/kbd";
import { useShortcuts } from "@/features/shell/use-shortcuts";
import { useStore } from "@/lib/store";

const Palette = dynamic(() => import("@/features/shell/palette"), { ssr: false });
const ShortcutDialog = dynamic(async () => (await import("@/features/shell/shortcut-dialog")).ShortcutDialog, {
  ssr: false,
});

export function Quick() {
  useShortcuts();
  const isPaletteWanted = useOnce(useStore((state) => state.isPaletteOpen));
  const isListWanted = useOnce(useStore((state) => state.isShortcutListOpen));
  return (
    <>
      {isPaletteWanted && <Palette />}
      {isListWanted && <ShortcutDialog />}
    </>
  );
}

/** Whether it was ever true. */
function useOnce(value: boolean): boolean {
  const [was, setWas] = useState(value);
  useEffect(() => {
    if (value) setWas(true);
  }, [value]);
  return was || value;
}

const open = () => useStore.setState({ isPaletteOpen: true });

export function SearchButton() {
  return (
    <button
      type="button"
      onClick={open}
      className="flex h-8 items-center gap-2 rounded-md border bg-raised px-2 text-quiet hover:bg-hover touch:min-h-11"
    >
      <Search className="size-4" aria-hidden />
      <span className="flex-1 text-left">Search</span>
      <Kbd>Ctrl K</Kbd>
    </button>
  );
}

/** The same where there is little room. */
export function SearchIcon() {
  return (
    <button
      type="button"
      onClick={open}
      aria-label="Search"
      className="flex size-8 items-center justify-center rounded-md text-quiet hover:bg-hover touch:size-11"
    >
      <Search className="size-4" aria-hidden />
    </button>
  );
}
