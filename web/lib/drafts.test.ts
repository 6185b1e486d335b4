// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { Drafts } from "@/lib/drafts";

interface Content {
  title: string;
}
const drafts = () => new Drafts<Content>("incident", "org1");

beforeEach(() => localStorage.clear());

test("a draft survives a reload with its key", () => {
  const { key } = drafts().write({ title: "D" });
  drafts().write({ title: "Down" });
  expect(drafts().read()).toMatchObject({ key, content: { title: "Down" }, sent: null });
});

test("what was sent is sent again exactly so, under the same key, whatever is typed meanwhile", () => {
  const { key } = drafts().send({ title: "Down" });
  drafts().write({ title: "Down, more" });
  expect(drafts().read()).toMatchObject({ key, sent: { title: "Down" } });
  expect(drafts().send({ title: "Down, more" })).toMatchObject({ key, sent: { title: "Down" } });
});

test("after a refusal or a cancellation it is another request", () => {
  const { key } = drafts().send({ title: "Down" });
  drafts().unsend();
  expect(drafts().read()).toMatchObject({ content: { title: "Down" }, sent: null });
  expect(drafts().read()?.key).not.toBe(key);
});

test("an answered draft is gone, and others stay", () => {
  new Drafts<Content>("incident", "org2").write({ title: "Other" });
  drafts().write({ title: "Down" });
  drafts().clear();
  expect(drafts().read()).toBeNull();
  expect(new Drafts<Content>("incident", "org2").read()?.content.title).toBe("Other");
});

test("what is no draft of ours is none", () => {
  localStorage.setItem("tidings draft org1 incident", "{");
  expect(drafts().read()).toBeNull();
});
