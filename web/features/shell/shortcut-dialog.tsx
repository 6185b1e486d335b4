"use client";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SwitchField } from "@/components/ui/switch";
import { ShortcutList } from "@/features/shell/shortcut-list";
import { setShortcuts } from "@/features/shell/shortcuts";
import { useStore } from "@/lib/store";

/** All shortcuts, and the switch that turns those of a single key off. */
export function ShortcutDialog() {
  const isOpen = useStore((state) => state.isShortcutListOpen);
  return (
    <Dialog open={isOpen} onOpenChange={(open) => useStore.setState({ isShortcutListOpen: open })}>
      <DialogContent title="Shortcuts">
        <ShortcutSwitch />
        <ShortcutList />
      </DialogContent>
    </Dialog>
  );
}

export function ShortcutSwitch() {
  const areOn = useStore((state) => state.areShortcutsOn);
  return <SwitchField label="Shortcuts of a single key" checked={areOn} onCheckedChange={setShortcuts} />;
}
