import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  agentRules: false,
  images: { unoptimized: true },
  // `make test` checks types with a compiler that is five times as fast.
  typescript: { ignoreBuildErrors: true },
  // What this folder needs is in this folder, whatever lockfiles lie above it.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingExcludes: { "*": ["node_modules/@img/**", "node_modules/sharp/**", "node_modules/typescript/**"] },
  devIndicators: false,
};

export default config;
