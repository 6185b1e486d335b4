"use client";
/** The form of something that exists: it sends what was changed, for the version that it began with, and settles it with who was faster. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Clash } from "@/components/conflict";
import type { Values } from "@/features/maintenance/form-values";
import { FIELD_NAMES, isSame, type Rebased, rebase, shown } from "@/features/maintenance/rebase";
import { useOrganization } from "@/features/shell/organization";
import { type SentForm, useSentForm } from "@/lib/form";
import { Problem } from "@/lib/problem";
import { queries } from "@/lib/queries";
import { useUnsavedGuard } from "@/lib/unsaved";

interface Versioned {
  version: number;
}

interface Options<Kept extends Versioned> {
  kept: Kept;
  timeZone: string;
  valuesOf: (kept: Kept) => Values;
  /** Sends what differs, with `If-Match` for the version. */
  send: (before: Values, after: Values, version: number) => Promise<void>;
  /** As it is now. */
  fresh: () => Promise<Kept>;
  onSaved: () => void;
}

export interface Changes {
  form: SentForm<Values>;
  isDirty: boolean;
  /** Empty as long as nobody was faster. */
  clashes: Clash[];
  keepMine: () => void;
  takeTheirs: () => void;
}

export function useChanges<Kept extends Versioned>(options: Options<Kept>): Changes {
  const { timeZone, valuesOf, send, fresh, onSaved } = options;
  const organization = useOrganization();
  const { data: services } = useQuery(queries.services(organization));
  const [kept, setKept] = useState(options.kept);
  const [rebased, setRebased] = useState<Rebased | null>(null);
  const before = valuesOf(kept);

  const form = useSentForm<Values>({
    defaultValues: before,
    send: async (mine) => {
      setRebased(null);
      if (!isSame(before, mine)) await settle(mine);
      onSaved();
    },
  });
  const values = form.watch();
  const isDirty = !isSame(before, values);
  useUnsavedGuard(isDirty);

  async function settle(mine: Values) {
    try {
      await send(before, mine, kept.version);
    } catch (thrown) {
      if (!(thrown instanceof Problem && thrown.status === 412)) throw thrown;
      const theirs = await fresh();
      const found = rebase(before, mine, valuesOf(theirs));
      setKept(theirs);
      form.reset(found.mine);
      if (found.clashes.length === 0) return send(valuesOf(theirs), found.mine, theirs.version);
      setRebased(found);
      throw thrown;
    }
  }

  const nameOf = (id: string) => services?.find((service) => service.id === id)?.name ?? "A service";
  return {
    form,
    isDirty,
    clashes: (rebased?.clashes ?? []).map((field) => ({
      field: FIELD_NAMES[field],
      // By now they are what is kept.
      theirs: shown(before, field, timeZone, nameOf),
      mine: shown(values, field, timeZone, nameOf),
    })),
    keepMine: () => void form.submit(),
    takeTheirs: () => {
      if (rebased) form.reset(rebased.theirs);
      setRebased(null);
    },
  };
}
