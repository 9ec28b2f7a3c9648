/** The files of a case, and what is said about them, as the corpus keeps it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { compile, type CompileInput } from "../../src/compile.ts";
import { lowerToTfjs } from "../../src/lower/tfjs/lower.ts";
import type { Diagnostic } from "../../src/source/diagnostic.ts";
import { shown } from "../syntax/shown.ts";

/** `folder` as a project: `policy.gov` is the policy, `std/…` the library, `set.txt` what `--set` says, line by line. */
export function readCase(folder: string): CompileInput {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !["expected.txt", "set.txt"].includes(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  const sources = new Map(paths.map((path) => [keyOf(path), readFileSync(`${folder}${path}`, "utf8")]));
  const settings = readdirSync(folder).includes("set.txt") ? readFileSync(`${folder}set.txt`, "utf8") : "";
  const params = settings
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  return { entry: "policy.gov", sources, present: new Set(sources.keys()), params: new Map(params) };
}

/** Modules of the library go by their names alone. */
export function keyOf(path: string): string {
  return path.startsWith("std/") ? path.replace(/\.gov$/, "") : path;
}

/** Every diagnostic of a policy; with those of its lowering, where it comes so far, said apart. */
export function said(input: CompileInput): string {
  const { checked, lowered } = diagnosticsOf(input);
  const show = (diagnostic: Diagnostic): string =>
    shown(diagnostic, input.sources.get(diagnostic.labels[0].span.file) ?? "");
  return [...checked.map(show), ...lowered.map((diagnostic) => `at lowering: ${show(diagnostic)}`)]
    .map((text) => `${text}\n`)
    .join("\n");
}

/** What compiling says, and what lowering adds to it. */
export function diagnosticsOf(input: CompileInput): {
  readonly checked: readonly Diagnostic[];
  readonly lowered: readonly Diagnostic[];
} {
  const { diagnostics: checked, ir, network } = compile(input);
  if (ir === undefined || network === undefined) return { checked, lowered: [] };
  const known = new Set(checked.map(({ code, labels: [{ span }] }) => `${code} ${span.file} ${span.start}`));
  const lowered = lowerToTfjs(ir, network).diagnostics.filter(
    ({ code, labels: [{ span }] }) => !known.has(`${code} ${span.file} ${span.start}`),
  );
  return { checked, lowered };
}
