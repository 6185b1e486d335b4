import { expect, test } from "vitest";
import { inOrganization, safePath, slugOf } from "@/lib/paths";

test("only a path of the console is followed after signing in", () => {
  expect(safePath("/acme/incidents/1?x=1#y")).toBe("/acme/incidents/1?x=1#y");
  for (const elsewhere of [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "acme",
    "",
    null,
  ]) {
    expect(safePath(elsewhere)).toBeNull();
  }
});

test("switching organizations keeps the section, not the thing", () => {
  expect(inOrganization("/acme/incidents/42", "globex")).toBe("/globex/incidents");
  expect(inOrganization("/acme", "globex")).toBe("/globex");
});

test("a slug is proposed from a name", () => {
  expect(slugOf("Café Zürich & Co.")).toBe("cafe-zurich-co");
  expect(slugOf("日本")).toBe("");
});
