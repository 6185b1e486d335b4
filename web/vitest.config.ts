import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // A file that needs a page says `// @vitest-environment jsdom`: making one takes a second.
    environment: "node",
    setupFiles: "vitest.setup.ts",
    include: ["**/*.test.{ts,tsx}"],
    exclude: ["node_modules", ".next", ".built", "e2e"],
  },
});
