import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // The examples import the package by its name; tests run the sources.
    alias: [{ find: /^strata-gov$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/temporary-folders.ts",
    // Against hanging only: a busy machine takes its time, and STRATA_RUNS times the cases that much more.
    testTimeout: 180_000 * Number(process.env["STRATA_RUNS"] ?? 1),
    pool: "forks",
    // By itself it leaves one processor out, and of two that is half of them.
    maxWorkers: "100%",
  },
});
