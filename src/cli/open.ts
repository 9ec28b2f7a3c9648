import { resolve } from "node:path";
import { compile, type Compilation } from "../compile.ts";
import { loadConfig } from "../project/config/load.ts";
import { loadPolicy, type LoadedPolicy, type LoadProblem } from "../project/load.ts";
import { loadNetwork } from "../project/network.ts";
import { showKey } from "../project/root.ts";
import { hasErrors, type Diagnostic } from "../source/diagnostic.ts";
import type { RuleSeverities } from "../source/severities.ts";
import { formatPlace, type Span } from "../source/span.ts";
import { createSourceText, type SourceText } from "../source/text.ts";
import { conclude } from "./diagnostics/findings.ts";
import { showFindings } from "./diagnostics/formats.ts";
import { EXIT } from "./exit-codes.ts";
import type { Showing } from "./diagnostics/pretty.ts";
import type { DiagnosticFormat, ParamTexts } from "./requests.ts";
import type { Terminal } from "./terminal.ts";

/** A policy read and compiled, with or without errors. */
export interface OpenedPolicy {
  readonly kind: "opened";
  /** As the reader would write its path. */
  readonly shown: string;
  readonly loaded: LoadedPolicy;
  readonly compilation: Compilation;
  readonly showing: Showing;
}

export interface PolicyOptions {
  /** A model file, in place of the one that the policy names. */
  readonly model: string | undefined;
  readonly params: ParamTexts;
  /** As the project wants them; the registry's own where left out. */
  readonly severities?: RuleSeverities;
}

/** Reads and compiles the policy at a path. */
export async function openPolicy(
  path: string,
  options: PolicyOptions,
  terminal: Terminal,
): Promise<OpenedPolicy | LoadProblem> {
  const config = await loadConfig(resolve(terminal.workingDirectory, path));
  if (config.kind === "problem") return config;
  const loaded = loadPolicy(path, terminal.workingDirectory);
  return compileLoaded(loaded, { ...options, severities: config.severities }, terminal);
}

/** How the files of a policy are shown to a reader in the working directory. */
export function showingOf(
  { root, sources }: Pick<LoadedPolicy, "root" | "sources">,
  workingDirectory: string,
): Showing {
  const texts = new Map<string, SourceText>();
  return {
    sourceOf: (file) => {
      const text = sources.get(file);
      const known = texts.get(file);
      if (known !== undefined || text === undefined) return known;
      const source = createSourceText(file, text);
      texts.set(file, source);
      return source;
    },
    showFile: (file) => showKey(file, root, workingDirectory),
  };
}

export function compileLoaded(
  loaded: LoadedPolicy | LoadProblem,
  { model, params, severities }: PolicyOptions,
  { workingDirectory }: Terminal,
): OpenedPolicy | LoadProblem {
  if (loaded.kind === "problem") return loaded;
  const read = model === undefined ? undefined : loadNetwork(model, workingDirectory);
  if (read?.kind === "problem") return read;
  const { root, entry, sources, present, parsed } = loaded;
  const compilation = compile({
    ...{ entry, sources, present, parsed, params, severities },
    ...(read && { network: read.network }),
  });
  const showing = showingOf({ root, sources }, workingDirectory);
  return { kind: "opened", shown: showing.showFile(entry), loaded, compilation, showing };
}

/** What `complain` takes besides the policy: its own diagnostics, where no others are given. */
export interface Complaint {
  /** Without `gov`. */
  readonly command: string;
  readonly format: DiagnosticFormat;
  readonly diagnostics?: readonly Diagnostic[];
}

/**
 * Shows errors and warnings on standard error where something else is the command's output; true when there are errors.
 * Notes on style are for `gov check`. Of a policy in order nothing is said, but in the formats that are files.
 */
export function complain(
  { shown, showing, compilation }: OpenedPolicy,
  { command, format, diagnostics = compilation.diagnostics }: Complaint,
  terminal: Terminal,
): boolean {
  const found = diagnostics
    .filter(({ severity }) => severity !== "info")
    .map((diagnostic) => ({ diagnostic, showing }));
  if (found.length > 0 || format !== "json") {
    const findings = { command, files: [shown], found, problems: [], conclusion: conclude(found, 1) };
    showFindings(findings, format, terminal, terminal.err);
  }
  return hasErrors(diagnostics);
}

/** The same where there is no policy: a file that it takes cannot be had. */
export function failToOpen(
  problem: LoadProblem,
  { command, format }: Complaint,
  terminal: Terminal,
): typeof EXIT.failed {
  const findings = { command, files: [], found: [], problems: [problem], conclusion: conclude([], 0) };
  showFindings(findings, format, terminal, terminal.err);
  return EXIT.failed;
}

/** Places as the reader of this terminal would write them. */
export function placesOf({ showFile }: Showing): (span: Span) => string {
  return (span) => formatPlace({ ...span, file: showFile(span.file) });
}
