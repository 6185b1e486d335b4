import { expect, test } from "vitest";
import { fieldOf } from "@/lib/form";

const values = { title: "", support_url: "", links: [{ label: "", url: "" }] };

test("a place of the service's is the field of the form that it is in", () => {
  expect(fieldOf(values, "title")).toBe("title");
  expect(fieldOf(values, "links.0.url")).toBe("links.0.url");
  expect(fieldOf(values, "support_url.function-after.str")).toBe("support_url");
  expect(fieldOf(values, "links.7.url")).toBe("links");
  expect(fieldOf(values, "unknown")).toBeNull();
});
