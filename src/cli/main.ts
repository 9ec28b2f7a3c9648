#!/usr/bin/env node
import { packageVersion } from "../project/package.ts";
import { reportDefect } from "./defect.ts";
import { EXIT } from "./exit-codes.ts";
import { runCommandLine } from "./program.ts";
import { processTerminal } from "./terminal.ts";

const version = packageVersion();
const terminal = processTerminal();
const words = process.argv.slice(2);
try {
  // Left to run out rather than cut short: output on its way through a pipe is not lost.
  process.exitCode = await runCommandLine(words, terminal, version);
  // What Ctrl-C gave up, such as an evaluation under way, is not waited for.
  if (process.exitCode === EXIT.interrupted) process.stdout.write("", () => process.exit());
} catch (error) {
  process.exitCode = EXIT.failed;
  reportDefect(error, { version, detail: words.includes("--debug") ? "full" : "short" }, terminal);
}
