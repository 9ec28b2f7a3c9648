#!/usr/bin/env node
/**
 * `gov` out of the repository's own files, as action.yml and pre-commit have them: a checkout, which is built the first
 * time, or an installed package, which is.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const command = new URL("dist/src/cli/main.js", import.meta.url);
if (!existsSync(command)) {
  const words = ["ci", "--no-audit", "--no-fund"];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  // What npm prints is no part of what `gov` says.
  const stdio = ["ignore", process.stderr, process.stderr];
  const { status } = spawnSync("npm", words, { cwd, stdio, shell: process.platform === "win32" });
  if (status !== 0) {
    console.error("gov: it cannot be built from its checkout; npm says why above");
    process.exit(1);
  }
}
await import(command);
