import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Client } from "@/lib/api/client";
import { keys, queries } from "@/lib/queries";

test("an answer that was given before an event does not take back what the event told", async () => {
  const cache = new QueryClient();
  const answer = Promise.withResolvers<{ data: object; response: Response }>();
  const api = { GET: () => answer.promise } as unknown as Client;
  const page = queries.publicPage({ id: "o", slug: "o", api });
  cache.setQueryData(keys.publicPage("o"), { page_version: 4 });

  const fetched = cache.fetchQuery({ ...page, staleTime: 0 });
  cache.setQueryData(keys.publicPage("o"), { page_version: 5 });
  answer.resolve({ data: { page_version: 4 }, response: Response.json({}) });
  await fetched;
  expect(cache.getQueryData(keys.publicPage("o"))).toEqual({ page_version: 5 });
});
