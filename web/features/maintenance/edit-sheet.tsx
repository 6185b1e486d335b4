"use client";
/** Changes a window, or all windows of a series that are ahead. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Conflict } from "@/components/conflict";
import { ErrorState, FormError } from "@/components/error-state";
import { FormEnd } from "@/components/sheet-end";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { changedSeries, valuesOfSeries } from "@/features/maintenance/form-values";
import { ofForm } from "@/features/maintenance/plan";
import { type Series, seriesOf, type WindowView } from "@/features/maintenance/queries";
import { inWords } from "@/features/maintenance/recurrence";
import { type Changes, useChanges } from "@/features/maintenance/use-changes";
import { useWindowChanges } from "@/features/maintenance/use-window-changes";
import { WindowFields } from "@/features/maintenance/window-fields";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";
import { mayLeave } from "@/lib/unsaved";

interface Props {
  window: WindowView;
  timeZone: string;
  onClose: () => void;
}

export function EditWindow({ window: kept, timeZone, onClose }: Props) {
  const changes = useWindowChanges(kept, timeZone, onClose);
  const note = kept.series_id ? "Only this one; from then on its series leaves it alone." : undefined;
  return (
    <ChangeSheet title="Edit maintenance" description={note} changes={changes} onClose={onClose}>
      <WindowFields
        form={changes.form}
        timeZone={timeZone}
        of="window"
        id={kept.id}
        hasBegun={kept.status !== "scheduled"}
      />
    </ChangeSheet>
  );
}

export function EditSeries({
  seriesId,
  timeZone,
  onClose,
}: {
  seriesId: string;
  timeZone: string;
  onClose: () => void;
}) {
  const organization = useOrganization();
  const { data: series, error, refetch } = useQuery(seriesOf(organization, seriesId));
  if (series) return <EditKnownSeries series={series} timeZone={timeZone} onClose={onClose} />;
  return (
    <Sheet open onOpenChange={onClose}>
      <SheetContent title="Edit the series">
        {error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeleton className="h-96" />}
      </SheetContent>
    </Sheet>
  );
}

function EditKnownSeries({
  series: kept,
  timeZone,
  onClose,
}: {
  series: Series;
  timeZone: string;
  onClose: () => void;
}) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const changes = useChanges({
    kept,
    timeZone,
    valuesOf: (series: Series) => valuesOfSeries(series, timeZone),
    send: async (before, after, version) => {
      const params = { path: { series_id: kept.id } };
      const body = changedSeries(before, after, timeZone);
      const headers = ifMatch(version);
      await ofForm(data(organization.api.PATCH("/api/maintenance/v1/series/{series_id}", { params, headers, body })));
      void cache.invalidateQueries({ queryKey: keys.series(organization.id) });
      void cache.invalidateQueries({ queryKey: keys.maintenances(organization.id) });
      toast("The windows that are ahead follow");
    },
    fresh: () => cache.fetchQuery({ ...seriesOf(organization, kept.id), staleTime: 0 }),
    onSaved: onClose,
  });
  const isStrange = valuesOfSeries(kept, timeZone).recurrence === null;
  return (
    <ChangeSheet
      title="Edit the series"
      description="All windows that are ahead follow, but for those that somebody changed by themselves."
      changes={changes}
      onClose={onClose}
    >
      <WindowFields
        form={changes.form}
        timeZone={timeZone}
        of="series"
        ruleInWords={isStrange ? inWords(kept.rule, kept.first_start, timeZone) : undefined}
      />
    </ChangeSheet>
  );
}

interface ChangeSheetProps {
  title: string;
  description: string | undefined;
  changes: Changes;
  onClose: () => void;
  children: React.ReactNode;
}

function ChangeSheet({ title, description, changes, onClose, children }: ChangeSheetProps) {
  const { form, isDirty, clashes, keepMine, takeTheirs } = changes;
  const close = () => (!isDirty || mayLeave()) && onClose();
  return (
    <Sheet open onOpenChange={close}>
      <SheetContent title={title} description={description} className="sm:max-w-xl">
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-5">
          {children}
          <FormEnd action="Save" busy={form.formState.isSubmitting} onCancel={close}>
            {clashes.length > 0 ? (
              <Conflict clashes={clashes} onKeepMine={keepMine} onTakeTheirs={takeTheirs} />
            ) : (
              <FormError error={form.problem} />
            )}
          </FormEnd>
        </form>
      </SheetContent>
    </Sheet>
  );
}
