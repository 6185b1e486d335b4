import { expect, test } from "vitest";
import { type Incident, updatedPreview } from "@/features/incidents/content";
import { blankUpdate, toUpdate } from "@/features/incidents/update-content";

const INCIDENT: Incident = {
  id: "1",
  title: "Search slow",
  description: "",
  status: "monitoring",
  impact: "minor",
  started_at: "2026-11-22T08:00:00Z",
  resolved_at: null,
  created_at: "2026-11-22T08:00:00Z",
  updated_at: "2026-11-22T08:00:00Z",
  visibility: "public",
  version: 3,
  services: [{ service_id: "a", name: "Search", status: "degraded" }],
  updates: [{ id: "u", status: "monitoring", message: "Watching", created_at: "2026-11-22T08:30:00Z" }],
};

test("the next status is proposed, for the version that is read", () => {
  expect(blankUpdate(INCIDENT)).toMatchObject({ status: "resolved", message: "", version: 3 });
  expect(blankUpdate({ ...INCIDENT, status: "resolved" }).status).toBe("resolved");
});

test("services are sent only when they were changed", () => {
  const update = blankUpdate(INCIDENT);
  expect(toUpdate(update)).toEqual({ status: "resolved", message: "" });
  expect(toUpdate({ ...update, affected: {} })).toMatchObject({ services: [] });
});

test("a preview holds what was said before, and the update last", () => {
  const preview = updatedPreview(INCIDENT, {
    message: "Worse",
    services: [{ service_id: "a", status: "major_outage" }],
  });
  expect(preview).toMatchObject({ status: "monitoring", impact: "critical" });
  expect(preview.updates.map(({ message }) => message)).toEqual(["Watching", "Worse"]);
});
