/** What is said of a custom domain: how it is, and what whoever looks after it can do. */
import type { components } from "@/lib/api/catalog";
import { day } from "@/lib/time";

export type Domain = components["schemas"]["DomainView"];

const LOOKS = {
  proved: { status: "operational", word: "Live" },
  failing: { status: "degraded", word: "Live, record missing" },
  pending: { status: "scheduled", word: "Waiting for the DNS record" },
  released: { status: "cancelled", word: "Released" },
  expired: { status: "cancelled", word: "Not proved" },
} as const;

export const lookOfDomain = ({ status }: Domain) => LOOKS[status];

const FOUND = {
  missing: "It is not there yet: DNS may take a while to show a new one.",
  different: "There is one with another value: copy it again.",
  unreachable: "DNS did not answer.",
  taken: "It is right, but another organization has its page at this name. It is yours once they give it up.",
  found: "",
} as const;

/** More than the look says, in a sentence or two. */
export function detailOf({ status, finding, failing_since, ends_at }: Domain): string {
  switch (status) {
    case "proved":
      return "Visitors reach the page there. Keep the record: it is looked for daily.";
    case "failing":
      return `Missing since ${day(failing_since ?? "")}. Visitors still reach the page; without the record it is released on ${day(ends_at ?? "")}.`;
    case "pending":
      return finding ? `${FOUND[finding]} It is looked for until ${day(ends_at ?? "")}.` : "It is looked for now.";
    case "released":
      return "Its record was missing for 7 days, so the page is not there any more. Checking again starts over.";
    case "expired":
      return "Its record was not found for 7 days. Checking again starts over.";
  }
}
