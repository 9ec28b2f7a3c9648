/** The way of a policy from text to IR, all of it: no files, no clock, no network, and nothing is thrown. */
import { bind } from "./bind/bind.ts";
import { check } from "./check/check.ts";
import type { CheckedPolicy } from "./check/policy.ts";
import { unsupported } from "./check/support.ts";
import { buildIr } from "./ir/build.ts";
import type { Ir } from "./ir/ir.ts";
import type { BandExtents, NetworkShape } from "./model/network.ts";
import { findNetwork } from "./model/find.ts";
import { resolveBands } from "./model/resolve.ts";
import { checkClaims } from "./reason/claims.ts";
import { hasErrors, type Diagnostic } from "./source/diagnostic.ts";
import type { SourceMap } from "./source/text.ts";
import type { ParsedFile } from "./syntax/parse.ts";

export interface CompileInput {
  /** The policy's key in `sources`. */
  readonly entry: string;
  /** The policy, its imports (`std/…` too) and the model file, by path relative to the project's root. */
  readonly sources: SourceMap;
  /** Values of params as texts, as `--set` gives them. */
  readonly params?: ReadonlyMap<string, string>;
  /** The network at hand; it takes the place of the one that the policy names. */
  readonly network?: NetworkShape;
}

export interface Compilation {
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, parsed. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** Present when there are no errors up to the check. */
  readonly policy?: CheckedPolicy;
  /** Present when a network is at hand. */
  readonly network?: NetworkShape;
  readonly extents?: BandExtents;
  /** Present when there are no errors at all. */
  readonly ir?: Ir;
}

export function compile(input: CompileInput): Compilation {
  const { bound, diagnostics: bindProblems } = bind({ entry: input.entry, sources: input.sources });
  const { policy, diagnostics: checkProblems } = check(bound, { params: input.params ?? new Map() });
  const { files } = bound;
  const early = [...bindProblems, ...checkProblems];
  if (policy === undefined || hasErrors(early)) return { diagnostics: inOrder(early), files };

  const { network, diagnostics: modelProblems } = findNetwork(policy, input.sources, input.network);
  const resolved = network && resolveBands(policy, network);
  const diagnostics = inOrder([
    ...early,
    ...modelProblems,
    ...(resolved?.diagnostics ?? []),
    ...checkClaims(policy, resolved?.extents),
    ...unsupported(policy),
  ]);
  return {
    diagnostics,
    files,
    policy,
    ...(network && { network }),
    ...(resolved && { extents: resolved.extents }),
    ...(hasErrors(diagnostics) ? {} : { ir: buildIr(policy, new Map([...files].map(([path, file]) => [path, file.source.text]))) }),
  };
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((left, right) => {
    const a = left.labels[0].span;
    const b = right.labels[0].span;
    return a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start;
  });
}
