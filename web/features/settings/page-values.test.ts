import { expect, test } from "vitest";
import { asSettings, changeOf, clashesOf, merged, type PageValues, previewOf } from "@/features/settings/page-values";

const before: PageValues = {
  name: "Acme",
  slug: "acme",
  description: "",
  time_zone: "UTC",
  theme: "system",
  accent_color: "",
  logo_url: "https://acme.example/logo.svg",
  favicon_url: "",
  support_url: "",
  links: [],
  search_engines_allowed: true,
  history_days: 90,
};

test("only what differs is sent, and what is emptied is cleared", () => {
  expect(changeOf(before, before)).toEqual({});
  const link = { label: "Docs", url: "https://acme.example" };
  const mine = { ...before, logo_url: " ", links: [link], search_engines_allowed: false };
  expect(changeOf(before, mine)).toEqual({ logo_url: null, links: [link], search_engines_allowed: false });
});

test("a bare mail address becomes a link that begins a mail", () => {
  expect(asSettings({ ...before, support_url: "help@acme.example" }).support_url).toBe("mailto:help@acme.example");
  expect(asSettings({ ...before, support_url: "https://acme.example/@help" }).support_url).toBe(
    "https://acme.example/@help",
  );
});

test("what both changed to different things clashes, and nothing else does", () => {
  const theirs = { ...before, name: "Acme Inc", theme: "dark" as const, history_days: 30 };
  const mine = { ...before, name: "Acme Ltd", theme: "dark" as const, slug: "acme-ltd" };
  expect(clashesOf(before, theirs, mine)).toEqual([{ field: "Name", theirs: "Acme Inc", mine: "Acme Ltd" }]);
  expect(merged(before, theirs, mine)).toEqual({ ...theirs, name: "Acme Ltd", slug: "acme-ltd" });
});

test("the preview leaves out what is half typed", () => {
  const links = [
    { label: "Docs", url: "https://acme.example" },
    { label: "Blog", url: "https://" },
    { label: "", url: "https://acme.example" },
  ];
  const typed = { ...before, accent_color: "#ff", favicon_url: "www", support_url: "help@acme.example", links };
  expect(previewOf(typed)).toMatchObject({
    accent_color: null,
    favicon_url: null,
    logo_url: before.logo_url,
    support_url: "mailto:help@acme.example",
    links: [links[0]],
  });
  expect(previewOf({ ...before, name: " " })).toBeNull();
});
