import type { Terminal } from "./terminal.ts";

/** What reporting a defect takes besides the error. */
export interface DefectContext {
  readonly version: string;
  /** Whether the command line asks for more with `--debug`. */
  readonly detail: "short" | "full";
}

/** Problems are told by the commands; what arrives here is a mistake in gov, and said to be one. */
export function reportDefect(
  error: unknown,
  { version, detail }: DefectContext,
  { err, colors }: Terminal,
): void {
  const message = error instanceof Error ? error.message : String(error);
  err(`${colors.red("gov failed, and this is a defect of gov, not of your policy")}: ${message}\n`);
  if (detail === "full") err(`${error instanceof Error ? (error.stack ?? "") : ""}\n`);
  const versions = `gov ${version}, Node ${process.version}, ${process.platform}`;
  const hint = detail === "full" ? "" : "; with --debug gov shows where it happened";
  err(`  please report it with the command and the files that led to it (${versions})${hint}\n`);
}
