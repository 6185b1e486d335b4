"use client";
/** Plans a window, or a series of them. What is typed is kept as a draft until it is planned; it is planned once, whatever the network does. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { MarkdownField } from "@/components/markdown-field";
import { SheetEnd } from "@/components/sheet-end";
import { Button } from "@/components/ui/button";
import { Actions } from "@/components/ui/dialog";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { newValues, type Values } from "@/features/maintenance/form-values";
import { Outcome } from "@/features/maintenance/outcome";
import { plan } from "@/features/maintenance/plan";
import { isSame } from "@/features/maintenance/rebase";
import { WindowFields } from "@/features/maintenance/window-fields";
import { audienceInWords } from "@/features/maintenance/words";
import { useOrganization } from "@/features/shell/organization";
import { Drafts } from "@/lib/drafts";
import { placeErrors } from "@/lib/form";
import type { Problem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";
import { usePublication } from "@/lib/use-publication";

interface Props {
  /** The day that was clicked. */
  day: string;
  timeZone: string;
  onClose: () => void;
}

export function PlanSheet({ day, timeZone, onClose }: Props) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const router = useRouter();
  const [drafts] = useState(() => new Drafts<Values>("maintenance", organization.id));
  const [draft, setDraft] = useState(() => drafts.read());
  const [proposed] = useState(() => newValues(day, timeZone, new Date()));
  const form = useForm<Values>({ defaultValues: draft?.content ?? proposed });
  const values = form.watch();
  const [problem, setProblem] = useState<Problem | null>(null);

  const { publication, publish, cancel } = usePublication<Values, string | null>({
    drafts,
    post: (values, key, signal) => plan(organization.api, values, timeZone, key, signal),
    onPublished: (windowId) => {
      void cache.invalidateQueries({ queryKey: keys.maintenances(organization.id) });
      toast(windowId ? "The window is planned" : "The series is planned");
      onClose(); // first, so that nobody comes back to a sheet that is done
      if (windowId) router.push(`/${organization.slug}/maintenance/${windowId}`);
    },
  });
  const refused = publication.state === "editing" ? publication.problem : null;
  useEffect(() => {
    if (refused) setProblem(placeErrors(form, refused));
  }, [form, refused]);

  // Each letter is kept, so that nothing is lost by a reload, a wrong tap or an empty battery.
  const isEditing = publication.state === "editing";
  const text = JSON.stringify(values);
  useEffect(() => {
    const typed = JSON.parse(text) as Values;
    if (isEditing && !isSame(typed, proposed)) drafts.write(typed);
  }, [drafts, isEditing, proposed, text]);

  function startAnew() {
    drafts.clear();
    setDraft(null);
    form.reset(proposed);
  }
  return (
    <Sheet open onOpenChange={onClose}>
      <SheetContent title="Plan maintenance" className="sm:max-w-xl">
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={form.handleSubmit((values) => {
            setProblem(null);
            publish(values);
          })}
        >
          {draft && isEditing && (
            <p className="flex flex-wrap items-center gap-2 rounded-md bg-sunken px-3 py-1.5">
              <span className="min-w-0 flex-1">This is the draft that you left.</span>
              <Button size="small" onClick={startAnew}>
                Start anew
              </Button>
            </p>
          )}
          <fieldset disabled={!isEditing} className="contents">
            <WindowFields form={form} timeZone={timeZone} of="new" />
            {!values.recurrence && (
              <MarkdownField
                label="First update, if there is more to say"
                value={values.message}
                {...form.register("message")}
              />
            )}
          </fieldset>
          <SheetEnd>
            <Outcome publication={publication} problem={problem} done="planned" onCancel={cancel} />
            {publication.state !== "waiting" && (
              <Actions className="items-center pt-0">
                <p className="min-w-0 flex-1 text-quiet text-xs">{audienceInWords(values.visibility)}</p>
                <Button type="submit" kind="primary" busy={!isEditing}>
                  {values.recurrence ? "Plan the series" : "Plan maintenance"}
                </Button>
              </Actions>
            )}
          </SheetEnd>
        </form>
      </SheetContent>
    </Sheet>
  );
}
