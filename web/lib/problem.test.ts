import { expect, test } from "vitest";
import { asProblem, Problem, problemOf, unreachable } from "@/lib/problem";

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });

test("a problem document is taken over, with the fields it speaks of", async () => {
  const document = {
    type: "urn:tidings:problem:invalid-input",
    title: "The input is not valid",
    errors: [{ where: "body.title", message: "It is too long." }],
  };
  const problem = await problemOf(answer(422, JSON.stringify(document)), "trace");
  expect(problem).toMatchObject({ kind: "refused", type: "invalid-input", requestId: "trace" });
  expect(problem.fieldErrors()).toEqual([{ where: "title", message: "It is too long." }]);
});

test("what would be taken instead is told", async () => {
  const document = JSON.stringify({ type: "urn:tidings:problem:slug-taken", proposals: ["acme-2", "acme-3"] });
  expect((await problemOf(answer(409, document), "t")).proposals).toEqual(["acme-2", "acme-3"]);
  expect((await problemOf(answer(409, "{}"), "t")).proposals).toEqual([]);
});

test("an answer that is no document is told by its status", async () => {
  expect(await problemOf(answer(502, "<html>"), "trace")).toMatchObject({
    kind: "failed",
    type: "unknown",
    title: "The server answered 502",
  });
});

test("it is known when to try again", async () => {
  expect((await problemOf(answer(429, "{}", { "retry-after": "7" }), "t")).retryAfterSeconds).toBe(7);
  expect((await problemOf(answer(429, "{}"), "t")).retryAfterSeconds).toBeUndefined();
});

test("whatever was thrown becomes a problem, and a problem stays what it is", () => {
  const lost = unreachable("trace");
  expect(asProblem(lost)).toBe(lost);
  expect(asProblem(new Error("oh"))).toBeInstanceOf(Problem);
  expect(asProblem("oh")).toMatchObject({ kind: "failed", detail: "oh" });
});
