import { FormError } from "@/components/error-state";
import { isStale } from "@/features/incidents/changing";

/** Why a change was not made. One that somebody else was faster with is for them to look at. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <div className="mt-2 w-full">
      {isStale(error) ? (
        <p role="alert">Somebody changed it meanwhile: read it again first.</p>
      ) : (
        <FormError error={error} />
      )}
    </div>
  );
}
