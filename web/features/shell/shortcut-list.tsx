"use client";
import { Kbd } from "@/components/ui/kbd";
import { useOrganization } from "@/features/shell/organization";
import { SHORTCUTS, type Shortcut } from "@/features/shell/shortcuts";

/** What the keys do, for whoever may do it. */
export function ShortcutList() {
  const { may } = useOrganization();
  const always: Shortcut[] = [
    { keys: ["Ctrl or ⌘", "K"], says: "Search, and everything else", needs: "viewer" },
    { keys: ["Ctrl or ⌘", "Enter"], says: "Publish what is typed", needs: "responder" },
  ];
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-2">
      {[...always, ...SHORTCUTS]
        .filter(({ needs }) => may(needs))
        .map(({ keys, says }) => (
          <div key={says} className="contents">
            <dt>{says}</dt>
            <dd className="flex items-center justify-end gap-1">
              {keys.map((key) => (
                <Kbd key={key} className="touch:inline">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
    </dl>
  );
}
