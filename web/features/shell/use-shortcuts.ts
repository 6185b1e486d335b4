"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useOrganization } from "@/features/shell/organization";
import { isElsewhere, readShortcuts, SHORTCUTS, shortcutOf } from "@/features/shell/shortcuts";
import { useStore } from "@/lib/store";
import { mayLeave } from "@/lib/unsaved";

// As long as somebody may take from the first key to the second.
const PAUSE_MS = 1500;

/** Listens to the keyboard, on every page of an organization. The palette's key works whether the others are on or off. */
export function useShortcuts(): void {
  const { slug, may } = useOrganization();
  const router = useRouter();
  const areOn = useStore((state) => state.areShortcutsOn);
  useEffect(readShortcuts, []);

  useEffect(() => {
    const usable = SHORTCUTS.filter(({ needs }) => may(needs));
    let typed: string[] = [];
    let last = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        useStore.setState(({ isPaletteOpen }) => ({ isPaletteOpen: !isPaletteOpen }));
        return;
      }
      if (!areOn || event.metaKey || event.ctrlKey || event.altKey || isElsewhere(event.target)) return;
      if (event.timeStamp - last > PAUSE_MS) typed = [];
      last = event.timeStamp;
      typed.push(event.key);
      const found = shortcutOf(typed, usable) ?? shortcutOf([event.key], usable);
      if (found === "more") return;
      typed = [];
      if (!found) return;
      event.preventDefault();
      if (found.to === undefined) found.run?.();
      else if (mayLeave()) router.push(`/${slug}${found.to}`);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [areOn, slug, may, router]);
}
