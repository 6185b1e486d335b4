// @vitest-environment jsdom
/** By the examples of the public page (`services/public-api/tests/test_markdown.py`): members see what visitors see. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toHtml } from "@/lib/markdown";

const FILE = join(import.meta.dirname, "../../services/public-api/tests/markdown_examples.json");
const EXAMPLES = JSON.parse(readFileSync(FILE, "utf8")) as { what: string; text: string; html: string }[];

test.for(EXAMPLES)("$what", ({ text, html }) => {
  // As a browser understands it: `<br />` and `<br>` are the same.
  const shown = document.createElement("div");
  shown.innerHTML = toHtml(text);
  expect(shown.innerHTML).toBe(html);
});
