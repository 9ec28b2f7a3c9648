/** The way of a policy from text to IR, all of it: no files, no clock, no network, and nothing is thrown. */
import { bind, type BoundPolicy } from "./bind/bind.ts";
import { check } from "./check/check.ts";
import type { Exports } from "./check/exports.ts";
import type { CheckedPolicy, Policy } from "./check/policy.ts";
import { findMissingProbes } from "./check/probe-files.ts";
import { buildIr } from "./ir/build.ts";
import type { Ir } from "./ir/ir.ts";
import { findCouplings } from "./model/couplings.ts";
import type { BandExtents, NetworkShape } from "./model/network.ts";
import { findNetwork } from "./model/find.ts";
import { resolveBands } from "./model/resolve.ts";
import { checkClaims } from "./reason/claims.ts";
import { createGrounds } from "./reason/grounds.ts";
import { review } from "./reason/rules/review.ts";
import type { Findings } from "./reason/solve/findings.ts";
import type { DiagnosticCode } from "./source/codes.ts";
import { hasErrors, type Diagnostic } from "./source/diagnostic.ts";
import { withSeverities, type RuleSeverities } from "./source/severities.ts";
import type { SourceMap } from "./source/text.ts";
import type { ParsedFile } from "./syntax/parse.ts";
import { findUnusedSuppressions, withoutSuppressed } from "./syntax/suppressions.ts";

export interface CompileInput {
  /** The policy's key in `sources`. */
  readonly entry: string;
  /** The policy, its imports (`std/…` too) and the model file, by path relative to the project's root. */
  readonly sources: SourceMap;
  /**
   * The files that the policy names and whose text it does not take: the probes that are there, and where one is not,
   * what lies beside it. Nothing is said of any where this is left out, for then nobody has looked.
   */
  readonly present?: ReadonlySet<string> | undefined;
  /** Values of params as texts, as `--set` gives them. */
  readonly params?: ReadonlyMap<string, string>;
  /** As the project wants them; what is an error stays one, and what is raised to one does not keep the IR back. */
  readonly severities?: RuleSeverities | undefined;
  /** The network at hand; it takes the place of the one that the policy names. */
  readonly network?: NetworkShape;
  /** Files that were parsed before: taken as far as their text is still the same. */
  readonly parsed?: ReadonlyMap<string, ParsedFile>;
  /** What an earlier compilation found out: taken where it is about examples of the same schema. */
  readonly findings?: Findings | undefined;
}

export interface Compilation {
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, parsed. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** Their names, resolved as far as they can be. */
  readonly bound: BoundPolicy;
  /** What could be understood, whatever is wrong. */
  readonly draft: Policy;
  /** Present when there are no errors up to the check. */
  readonly policy?: CheckedPolicy;
  /** What a module offers to those who import it; nothing of a policy. */
  readonly exports: Exports;
  /** Present when a network is at hand. */
  readonly network?: NetworkShape;
  readonly extents?: BandExtents;
  /** Present when there are no errors at all. */
  readonly ir?: Ir;
  /** What is known by now about the examples of the schema, or of an earlier one. */
  readonly findings?: Findings | undefined;
}

export function compile(input: CompileInput): Compilation {
  const { bound, diagnostics: bindProblems } = bind(input);
  const checked = check(bound, { params: input.params ?? new Map() });
  const { policy, draft, exports, diagnostics: checkProblems } = checked;
  const { files } = bound;
  const early = [...bindProblems, ...checkProblems];
  if (policy === undefined || hasErrors(early))
    return {
      ...{
        diagnostics: withSeverities(reported(early, files), input.severities),
        files,
        bound,
        draft,
        exports,
      },
      findings: input.findings,
    };

  const { network, diagnostics: modelProblems } = findNetwork(policy, input.sources, input.network);
  const resolved = network && resolveBands(policy, network);
  const bands = network && resolved && { network, extents: resolved.extents };
  const grounds = createGrounds(policy, bands, input.findings);
  const found = [
    ...early,
    ...modelProblems,
    ...(input.present === undefined ? [] : findMissingProbes(bound, input.present)),
    ...(resolved?.diagnostics ?? []),
    ...(bands ? findCouplings(policy, bands.network, bands.extents) : []),
    ...checkClaims(grounds),
  ];
  // While something is wrong, what follows from it would be said as well.
  const all = hasErrors(found) ? found : [...found, ...review(grounds, bound)];
  const idle = hasErrors(all)
    ? []
    : findUnusedSuppressions(bound.entry, all, (code) =>
        code === "GOV6006" ? input.present !== undefined : bands !== undefined || !needsNetwork(code, policy),
      );
  const diagnostics = reported([...all, ...idle], files);
  return {
    diagnostics: withSeverities(diagnostics, input.severities),
    files,
    bound,
    draft,
    policy,
    exports,
    findings: grounds.findings,
    ...(network && { network }),
    ...(resolved && { extents: resolved.extents }),
    ...(hasErrors(diagnostics)
      ? {}
      : { ir: buildIr(policy, new Map([...files].map(([path, file]) => [path, file.source.text]))) }),
  };
}

/** Whether a network that is not at hand now may give cause for a diagnostic. */
function needsNetwork(code: DiagnosticCode, { model }: CheckedPolicy): boolean {
  return code.startsWith("GOV4") || (code.startsWith("GOV5") && model.path !== undefined);
}

/** In order, and without what a `gov-ignore` accepts. */
function reported(
  diagnostics: readonly Diagnostic[],
  files: ReadonlyMap<string, ParsedFile>,
): readonly Diagnostic[] {
  return withoutSuppressed(withoutConsequences(diagnostics, files), files).toSorted((left, right) => {
    const a = left.labels[0].span;
    const b = right.labels[0].span;
    return a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start;
  });
}

/** What stands just before the place where the syntax goes wrong may not be what it was taken for: one mistake is said. */
function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  files: ReadonlyMap<string, ParsedFile>,
): readonly Diagnostic[] {
  const stops = diagnostics.filter(({ code, fix }) => code === "GOV1004" && fix === undefined);
  const ends = new Set(
    stops.map(({ labels: [{ span }] }) => {
      const text = files.get(span.file)?.source.text ?? "";
      let end = span.start;
      while (text[end - 1] === " " || text[end - 1] === "\t") end -= 1;
      return `${span.file}:${end}`;
    }),
  );
  return diagnostics.filter(
    ({ code, labels: [{ span }] }) => !/^GOV[23]/.test(code) || !ends.has(`${span.file}:${span.end}`),
  );
}
