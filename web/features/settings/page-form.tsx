"use client";
/** The form of the page's settings. Only what was changed is sent; what two people changed at the same time is shown side by side. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Conflict } from "@/components/conflict";
import { FormError } from "@/components/error-state";
import { PagePreview } from "@/components/page-preview";
import { Button } from "@/components/ui/button";
import { useSession } from "@/features/session/session";
import { PageFields } from "@/features/settings/page-fields";
import {
  changeOf,
  clashesOf,
  merged,
  type PageSettings,
  type PageValues,
  previewOf,
  valuesOf,
} from "@/features/settings/page-values";
import { useMoved } from "@/features/settings/use-moved";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { type SentForm, useSentForm } from "@/lib/form";
import { Problem } from "@/lib/problem";
import { keys, queries } from "@/lib/queries";
import { toast } from "@/lib/store";
import { useUnsavedGuard } from "@/lib/unsaved";

export function PageForm({ page }: { page: PageSettings }) {
  const organization = useOrganization();
  const { form, theirs, keepMine, takeTheirs, proposals, isDirty } = useSettings(page);
  const mine = form.watch();
  const clashes = theirs ? clashesOf(form.formState.defaultValues as PageValues, valuesOf(theirs), mine) : [];

  return (
    <form onSubmit={form.submit} noValidate className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex min-w-0 flex-col gap-8">
        <PageFields form={form} proposals={proposals} />
        {theirs && clashes.length > 0 && <Conflict clashes={clashes} onKeepMine={keepMine} onTakeTheirs={takeTheirs} />}
        <FormError error={form.problem} />
        <div className="sticky bottom-14 z-10 -mx-4 flex items-center justify-end gap-3 border-t bg-ground px-4 py-3 md:bottom-0 md:mx-0 md:px-0">
          <p role="status" className="flex-1 text-quiet">
            {isDirty ? "Not saved yet" : "Saved"}
          </p>
          {isDirty && <Button onClick={takeTheirs}>Discard</Button>}
          <Button type="submit" kind="primary" busy={form.formState.isSubmitting}>
            Save
          </Button>
        </div>
      </div>
      <aside aria-label="Preview" className="min-w-0">
        <div className="lg:sticky lg:top-7">
          <h2 className="mb-2 font-semibold">As visitors will see it</h2>
          {/* A region that scrolls must be reachable by keyboard. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
          <section aria-label="The page" tabIndex={0} className="overflow-y-auto lg:max-h-[calc(100dvh-6rem)]">
            <PagePreview of={organization} typed={previewOf(mine)}>
              The page needs a name.
            </PagePreview>
          </section>
        </div>
      </aside>
    </form>
  );
}

/** The form, and what somebody else saved meanwhile. `defaultValues` are those that were read before anything was typed. */
function useSettings(page: PageSettings) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const { current } = useSession();
  const moved = useMoved();
  const [base, setBase] = useState(page);
  const [theirs, setTheirs] = useState<PageSettings | null>(null);
  const [proposals, setProposals] = useState<string[]>([]);

  const patch = (values: PageValues, version: number) =>
    data(
      organization.api.PATCH("/api/catalog/v1/page", {
        body: changeOf(valuesOf(base), values),
        headers: ifMatch(version),
      }),
    );

  /** What nobody else touched is saved over what they did, without asking. */
  async function save(values: PageValues): Promise<PageSettings | null> {
    try {
      return await patch(values, base.version);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
      const fresh = await cache.fetchQuery({ ...queries.page(organization), staleTime: 0 });
      if (clashesOf(valuesOf(base), valuesOf(fresh), values).length === 0) return await patch(values, fresh.version);
      setTheirs(fresh);
      return null;
    }
  }

  const form: SentForm<PageValues> = useSentForm<PageValues>({
    defaultValues: valuesOf(page),
    send: async (values) => {
      setProposals([]);
      try {
        const saved = await save(values);
        if (!saved) return;
        toast("Page settings saved");
        begin(saved);
        if (saved.slug !== organization.slug && "auth" in current) await moved(current.auth, saved.slug);
      } catch (thrown) {
        if (thrown instanceof Problem) setProposals(thrown.proposals);
        throw thrown;
      }
    },
  });
  const { reset } = form;
  const isDirty = Object.keys(changeOf(valuesOf(base), form.watch())).length > 0;
  useUnsavedGuard(isDirty);

  function begin(from: PageSettings, values: PageValues = valuesOf(from)) {
    cache.setQueryData(keys.page(organization.id), from);
    setBase(from);
    setTheirs(null);
    reset(valuesOf(from));
    reset(values, { keepDefaultValues: true });
  }

  // What somebody else saves shows at once, as long as nothing is typed here.
  useEffect(() => {
    if (isDirty || page.version <= base.version) return;
    setBase(page);
    reset(valuesOf(page));
  }, [isDirty, page, base.version, reset]);

  return {
    form,
    theirs,
    proposals,
    isDirty,
    keepMine: () => theirs && begin(theirs, merged(valuesOf(base), valuesOf(theirs), form.getValues())),
    takeTheirs: () => begin(theirs ?? page),
  };
}
