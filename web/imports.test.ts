/** Imports go one way: app → features → components → lib. A feature does not know another one, but for session and shell. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const LAYERS = ["app", "features", "components", "lib"];
const FOR_EVERY_FEATURE = ["session", "shell"];
const HERE = import.meta.dirname;

const imports = LAYERS.flatMap((layer) =>
  readdirSync(join(HERE, layer), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(HERE, layer, name), "utf8");
      return [...text.matchAll(/(?:from|import)\s*\(?"(@\/|\.)([^"]+)"/g)].map(([, start = "", rest = ""]) => ({
        file: `${layer}/${name}`,
        start,
        to: rest,
      }));
    }),
);

function mayImport(from: string, to: string): boolean {
  const [layer = "", feature] = from.split("/");
  const [toLayer = "", toFeature = ""] = to.split("/");
  if (layer === "features" && toLayer === "features") {
    return feature === toFeature || FOR_EVERY_FEATURE.includes(toFeature);
  }
  return LAYERS.indexOf(layer) <= LAYERS.indexOf(toLayer);
}

test("nothing imports what is above it, or another feature", () => {
  const ours = imports.filter(({ start }) => start === "@/");
  expect(ours.length).toBeGreaterThan(100);
  expect(ours.filter(({ file, to }) => !mayImport(file, to))).toEqual([]);
});

test("files import each other by their address from here, so that the rule above sees them", () => {
  expect(imports.filter(({ start, to }) => start === "." && !to.endsWith("globals.css"))).toEqual([]);
});
