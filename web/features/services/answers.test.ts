import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { keepAnswer } from "@/features/services/answers";
import type { components } from "@/lib/api/catalog";
import { keys } from "@/lib/queries";

type Service = components["schemas"]["ServiceView"];
const service = (changed: Partial<Service>) =>
  ({ id: "s", version: 2, status: "operational", status_changed_at: "2026-11-22T10:00:00Z", ...changed }) as Service;

function kept(known: Service[], answer: Service): Service[] | undefined {
  const cache = new QueryClient();
  cache.setQueryData(keys.services("o"), known);
  keepAnswer(cache, "o", answer);
  return cache.getQueryData(keys.services("o"));
}

test("an answer is shown, that of a new service as the last", () => {
  const changed = service({ version: 3, name: "API" });
  expect(kept([service({})], changed)).toEqual([changed]);
  expect(kept([service({ id: "a" })], changed)).toEqual([service({ id: "a" }), changed]);
});

test("an answer that an event has overtaken changes nothing, be it in the service or in its status", () => {
  const overtaken = service({ status: "degraded", status_changed_at: "2026-11-22T11:00:00Z" });
  expect(kept([overtaken], service({ version: 3 }))).toEqual([overtaken]);
  expect(kept([service({ version: 4 })], service({ version: 3 }))).toEqual([service({ version: 4 })]);
});
