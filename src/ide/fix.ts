/** Applies the fixes that diagnostics carry: on texts alone, so that the command line and editors share one road. */
import { compile, type Compilation, type CompileInput } from "../compile.ts";
import type { Diagnostic, Fix, TextEdit } from "../source/diagnostic.ts";

export interface AppliedFix {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

export interface FixedPolicy {
  readonly text: string;
  /** In the order in which they were applied; the spans are those of the text that each was applied to. */
  readonly applied: readonly AppliedFix[];
  /** What is said about the text as it was. */
  readonly found: readonly Diagnostic[];
  /** What is still said about the fixed text. */
  readonly remaining: readonly Diagnostic[];
}

/** A fix may give rise to another; beyond so many rounds they are taken to go in a circle. */
const MOST_ROUNDS = 20;

/**
 * A policy with every fix applied that its diagnostics offer, until none is left. Only the policy's own text changes.
 * INVARIANT: no fix brings errors into what could be read before: one that would is left out. (Where a fix makes the text
 * readable that stood in the way of a later stage, what that stage finds comes to light.)
 *
 * @param compiled What the input was compiled to.
 */
export function fixPolicy(input: CompileInput, compiled: Compilation = compile(input)): FixedPolicy {
  const refused = new Set<string>();
  const applied: AppliedFix[] = [];
  const before: State = { text: input.sources.get(input.entry) ?? "", compiled };
  let state = before;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const offered = fixesIn(state, input.entry).filter((offer) => !refused.has(keyOf(offer)));
    const batch = withoutOverlaps(offered);
    if (batch.length === 0) break;
    const next = tryFixes(state, batch, input);
    if (next !== undefined) {
      applied.push(...batch);
      state = next;
      continue;
    }
    // Something in the batch does harm: the first by itself, and where it is that one, it is not tried again.
    const [first] = batch;
    const alone = first && batch.length > 1 ? tryFixes(state, [first], input) : undefined;
    if (first === undefined || alone === undefined) refused.add(first === undefined ? "" : keyOf(first));
    else {
      applied.push(first);
      state = alone;
    }
  }
  return {
    text: state.text,
    applied,
    found: compiled.diagnostics,
    remaining: state.compiled.diagnostics,
  };
}

/** A text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  // What is put in where another edit begins comes before what that one leaves.
  const fromEnd = edits.toSorted(
    ({ span: left }, { span: right }) => right.start - left.start || right.end - left.end,
  );
  return fromEnd.reduce(
    (edited, { span, replacement }) => edited.slice(0, span.start) + replacement + edited.slice(span.end),
    text,
  );
}

interface State {
  readonly text: string;
  readonly compiled: Compilation;
}

/** Undefined where the fixes would bring errors, or change nothing. */
function tryFixes(state: State, offers: readonly AppliedFix[], input: CompileInput): State | undefined {
  const edits = offers.flatMap(({ fix }) => fix.edits);
  const text = applyEdits(state.text, edits);
  if (text === state.text) return undefined;
  const { files: parsed, findings, diagnostics } = state.compiled;
  const sources = new Map([...input.sources, [input.entry, text]]);
  const compiled = compile({ ...input, sources, parsed, findings });
  return isNoWorse(errorsByStage(compiled.diagnostics), errorsByStage(diagnostics))
    ? { text, compiled }
    : undefined;
}

/** The stages in which a policy is looked through, as the families of their codes; each waits for those before it. */
const STAGES = [/^GOV1/, /^GOV[236]/, /^GOV4/, /^GOV/] as const;

function errorsByStage(diagnostics: readonly Diagnostic[]): readonly number[] {
  const stages = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code }) => STAGES.findIndex((family) => family.test(code)));
  return STAGES.map((_, stage) => stages.filter((own) => own === stage).length);
}

/** The first stage that differs decides: with fewer errors there, later stages see more. */
function isNoWorse(after: readonly number[], before: readonly number[]): boolean {
  const stage = STAGES.findIndex((_, index) => after[index] !== before[index]);
  return stage < 0 || (after[stage] ?? 0) < (before[stage] ?? 0);
}

/** The fixes of a file that stay within it. */
function fixesIn({ compiled: { diagnostics } }: State, file: string): readonly AppliedFix[] {
  return diagnostics.flatMap((diagnostic) => {
    const { fix } = diagnostic;
    const isOwn =
      fix !== undefined && fix.edits.length > 0 && fix.edits.every(({ span }) => span.file === file);
    return isOwn ? [{ diagnostic, fix }] : [];
  });
}

/** From the start of the text, each fix whole or not at all. */
function withoutOverlaps(offers: readonly AppliedFix[]): readonly AppliedFix[] {
  const taken: TextEdit[] = [];
  return offers.filter(({ fix }) => {
    const isFree = fix.edits.every((edit) => !taken.some((other) => overlap(edit, other)));
    if (isFree) taken.push(...fix.edits);
    return isFree;
  });
}

/** Two insertions at one place overlap as well: their order would be chance. */
function overlap({ span: left }: TextEdit, { span: right }: TextEdit): boolean {
  return left.start === right.start || (left.start < right.end && right.start < left.end);
}

function keyOf({ diagnostic, fix }: AppliedFix): string {
  return JSON.stringify([
    diagnostic.code,
    diagnostic.message,
    fix.edits.map(({ replacement }) => replacement),
  ]);
}
