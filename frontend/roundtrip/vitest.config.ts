import { defineConfig } from "vitest/config";

/** Reads files by Cornerstone's own adapter for tests/roundtrip; no part of the front end's own tests. */
export default defineConfig({
  test: {
    environment: "happy-dom",
    include: ["roundtrip/*.test.ts"],
    testTimeout: 120_000,
    server: { deps: { inline: [/@cornerstonejs/, /@kitware/] } },
  },
});
