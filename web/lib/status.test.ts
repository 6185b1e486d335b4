import { expect, test } from "vitest";
import {
  INCIDENT_IMPACTS,
  INCIDENT_STATUSES,
  lookOf,
  MAINTENANCE_STATUSES,
  nextIncidentStatus,
  SERVICE_STATUSES,
  worst,
} from "@/lib/status";

test("no two statuses of a kind look alike without colour", () => {
  for (const kind of [SERVICE_STATUSES, INCIDENT_STATUSES, INCIDENT_IMPACTS, MAINTENANCE_STATUSES]) {
    expect(new Set(kind.map((status) => lookOf(status).shape)).size).toBe(kind.length);
    expect(new Set(kind.map((status) => lookOf(status).word)).size).toBe(kind.length);
  }
});

test("the worst status wins, and of none it is operational", () => {
  expect(worst(["degraded", "major_outage", "partial_outage"])).toBe("major_outage");
  expect(worst([])).toBe("operational");
});

test("the next status of an incident is proposed until it is resolved", () => {
  expect(nextIncidentStatus("investigating")).toBe("identified");
  expect(nextIncidentStatus("monitoring")).toBe("resolved");
  expect(nextIncidentStatus("resolved")).toBe("resolved");
});
