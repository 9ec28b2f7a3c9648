import { compile, type Compilation } from "../compile.ts";
import { loadPolicy, type LoadedPolicy, type LoadProblem } from "../project/load.ts";
import { loadNetwork } from "../project/network.ts";
import { showKey } from "../project/root.ts";
import { hasErrors, type Diagnostic } from "../source/diagnostic.ts";
import { formatPlace, type Span } from "../source/span.ts";
import { createSourceText } from "../source/text.ts";
import { showPretty, type Showing } from "./diagnostics/pretty.ts";
import type { ParamTexts } from "./requests.ts";
import type { Terminal } from "./terminal.ts";

/** A policy read and compiled, with or without errors. */
export interface OpenedPolicy {
  readonly kind: "opened";
  readonly loaded: LoadedPolicy;
  readonly compilation: Compilation;
  readonly showing: Showing;
}

export interface PolicyOptions {
  /** A model file, in place of the one that the policy names. */
  readonly model: string | undefined;
  readonly params: ParamTexts;
}

/** Reads and compiles the policy at a path. */
export function openPolicy(
  path: string,
  options: PolicyOptions,
  terminal: Terminal,
): OpenedPolicy | LoadProblem {
  return compileLoaded(loadPolicy(path, terminal.workingDirectory), options, terminal);
}

export function compileLoaded(
  loaded: LoadedPolicy | LoadProblem,
  { model, params }: PolicyOptions,
  { workingDirectory }: Terminal,
): OpenedPolicy | LoadProblem {
  if (loaded.kind === "problem") return loaded;
  const read = model === undefined ? undefined : loadNetwork(model, workingDirectory);
  if (read?.kind === "problem") return read;
  const { root, entry, sources } = loaded;
  const compilation = compile({ entry, sources, params, ...(read && { network: read.network }) });
  const showing: Showing = {
    sourceOf: (file) => {
      const text = sources.get(file);
      return (
        compilation.files.get(file)?.source ?? (text === undefined ? text : createSourceText(file, text))
      );
    },
    showFile: (file) => showKey(file, root, workingDirectory),
  };
  return { kind: "opened", loaded, compilation, showing };
}

/**
 * Shows errors and warnings on standard error where something else is the command's output; true when there are errors.
 * Notes on style are for `gov check`.
 */
export function complain(
  diagnostics: readonly Diagnostic[],
  showing: Showing,
  { err, colors, columns }: Terminal,
): boolean {
  const grave = diagnostics.filter(({ severity }) => severity !== "info");
  for (const diagnostic of grave) err(`${showPretty(diagnostic, { ...showing, colors, columns })}\n`);
  return hasErrors(diagnostics);
}

/** Places as the reader of this terminal would write them. */
export function placesOf({ showFile }: Showing): (span: Span) => string {
  return (span) => formatPlace({ ...span, file: showFile(span.file) });
}
