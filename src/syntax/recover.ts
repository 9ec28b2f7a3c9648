/**
 * Reads a file unit by unit, and reads on behind mistakes. A mistake costs as little as possible: a slip of one
 * token is mended when the parser then reads on (`repairs.ts`); otherwise the item of a block is left out, and
 * only when there is none, the declaration. What is left out is no half node: the parser never sees it again.
 */
import type { IToken } from "chevrotain";
import { BraceClose, DeclarationName, Identifier, keywords as word, Name } from "../../grammar/tokens.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { nearestName } from "../source/nearest.ts";
import type { SourceText } from "../source/text.ts";
import {
  complain,
  complainMended,
  complainMisplaced,
  complainOpenBlock,
  complainStranger,
  UNIT_WORDS,
} from "./complaints.ts";
import {
  closingBrace,
  is,
  itemEnd,
  looksLikeUnit,
  opensLine,
  placeInBlock,
  startsItem,
  startsUnit,
  unitEnd,
  unitsEnd,
  type Outline,
  type Place,
} from "./outline.ts";
import { stretchOf, type Stretch } from "./earlier.ts";
import { findRepair, insert, replace, withName } from "./repairs.ts";
import { parseUnit, type UnitNode, type UnitParse, type UnitRule } from "./unit.ts";

export interface ReadFile<Unit> {
  readonly units: readonly Unit[];
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  /** Absent when the same place has been complained about already. */
  readonly diagnostic?: Diagnostic;
  /** The text that is given up because of it; none when it was mended. */
  readonly lost: readonly IToken[];
  /** From the first token of what was being read to the end of the line that is wrong, as offsets. */
  readonly from: number;
  readonly to: number;
}

export interface UnitReader<Unit> {
  /** The unit that a stretch is, where that is known without parsing it. */
  readonly recall: (stretch: Stretch) => Unit | undefined;
  /**
   * What to make of a unit; `stretch` is the text of one that needed no mending. It is asked at once: a parse that is
   * kept until the end of a long file costs more than it did to come by.
   */
  readonly build: (node: UnitNode, stretch?: Stretch) => Unit;
}

export function readUnits<Unit>(
  source: SourceText,
  tokens: readonly IToken[],
  { recall, build }: UnitReader<Unit>,
): ReadFile<Unit> {
  const units: Unit[] = [];
  const mistakes: Mistake[] = [];
  let at = 0;
  while (at < tokens.length) {
    const end = unitsEnd({ source, tokens }, at, 1);
    const stretch = stretchOf(tokens, at, end);
    const known = recall(stretch);
    const node = known === undefined ? readWhole(source, tokens.slice(at, end)) : undefined;
    const unit = known ?? (node && build(node, stretch));
    if (unit !== undefined) {
      units.push(unit);
      at = end;
      continue;
    }
    const read = readBroken(source, tokens, at);
    units.push(...read.units.map((mended) => build(mended)));
    mistakes.push(...read.mistakes);
    at = read.end;
  }
  return { units, mistakes };
}

/** A unit that is all there is of some tokens; nearly all text is read so. */
function readWhole(source: SourceText, tokens: readonly IToken[]): UnitNode | undefined {
  const rule = ruleOf({ source, tokens });
  const parsed = rule && parseUnit(rule, tokens);
  return parsed?.kind === "whole" && parsed.end === tokens.length ? parsed.node : undefined;
}

/** Reads on from a mistake until what is left is the text as it was written; `end` is where that begins. */
function readBroken(
  source: SourceText,
  tokens: readonly IToken[],
  at: number,
): ReadFile<UnitNode> & { readonly end: number } {
  const units: UnitNode[] = [];
  const mistakes: Mistake[] = [];
  // Of a long file, only the text nearby is in sight: each look at all of it costs time.
  let sight: readonly IToken[] = [];
  let ahead = at;
  // Where no two units are left, there will be none: it need not be looked for again.
  let isTail = false;
  const lookFurther = (count: number): void => {
    sight = sight.concat(tokens.slice(ahead, ahead + count));
    ahead += count;
  };
  for (;;) {
    const end: number = isTail ? sight.length : unitsEnd({ source, tokens: sight }, 0, 2);
    if (end === sight.length && ahead < tokens.length) {
      lookFurther(Math.max(256, sight.length));
      continue;
    }
    isTail = end === sight.length;
    let read = readUnit({ source, tokens: sight.slice(0, end) });
    let behind = sight.slice(end);
    if (read.rest.length === 0 && behind.length > 0) {
      // It wanted more than was thought.
      lookFurther(tokens.length);
      read = readUnit({ source, tokens: sight });
      behind = [];
    }
    if (read.node !== undefined) units.push(read.node);
    mistakes.push(...read.mistakes);
    sight = read.rest.concat(behind);
    const start = Math.min(ahead, tokens.length) - sight.length;
    if (sight.length > 0 && isTail) continue;
    if (sight.every((token, index) => token === tokens[start + index]))
      return { units, mistakes, end: start };
  }
}

interface Read {
  readonly node?: UnitNode;
  readonly mistakes: readonly Mistake[];
  readonly rest: readonly IToken[];
}

function readUnit(start: Outline): Read {
  const rule = ruleOf(start);
  if (rule === undefined) return readStranger(start);

  const mistakes: Mistake[] = [];
  const complained = new Set<IToken | undefined>();
  const shown = new Set<number>();
  let outline = start;
  for (;;) {
    const parsed = parseUnit(rule, outline.tokens);
    const at = parsed.kind === "whole" ? parsed.end : parsed.at;
    const isDone = parsed.kind === "whole" && startsUnit(outline, at);
    const step: Step = isDone
      ? { kind: "read", node: parsed.node, rest: outline.tokens.slice(at) }
      : recover(rule, outline, at, parsed);
    if (step.mistake !== undefined) {
      // When the end of the text is missing, everything that is still open misses it: that is one mistake.
      const wrong = outline.tokens[at];
      const { diagnostic, ...silent } = step.mistake;
      const place = diagnostic?.labels[0].span.start;
      // Nor is a second thing said of one place: where text was left out, what comes behind it is now in its stead.
      const isSaid = place === undefined || complained.has(wrong) || shown.has(place);
      mistakes.push(isSaid ? silent : step.mistake);
      complained.add(wrong);
      if (place !== undefined) shown.add(place);
    }
    if (step.kind === "read") return { ...(step.node && { node: step.node }), mistakes, rest: step.rest };
    outline = { ...outline, tokens: step.tokens };
  }
}

type Step =
  | { readonly kind: "again"; readonly tokens: readonly IToken[]; readonly mistake: Mistake }
  | {
      readonly kind: "read";
      readonly node?: UnitNode;
      readonly rest: readonly IToken[];
      readonly mistake?: Mistake;
    };

// INVARIANT: `again` mends a token and lets the parser read beyond it, or leaves tokens out; `read` leaves fewer
// tokens than it was given. So both this and `readUnits` end.
function recover(rule: UnitRule, outline: Outline, at: number, parsed: UnitParse): Step {
  const { tokens } = outline;
  const place = parsed.kind === "broken" ? placeInBlock(outline, at, parsed.rule) : undefined;
  const mistake = (diagnostic: Diagnostic, lost: readonly IToken[]): Mistake => ({
    diagnostic,
    lost,
    from: tokens[place?.start ?? 0]?.startOffset ?? 0,
    to: endOfLine(outline, at),
  });
  const leaveOut = (from: Place, diagnostic: Diagnostic): Step => {
    const end = itemEnd(outline, from, at);
    const lost = tokens.slice(from.start, end);
    return {
      kind: "again",
      tokens: tokens.toSpliced(from.start, lost.length),
      mistake: mistake(diagnostic, lost),
    };
  };

  if (place !== undefined && isForeignTo(outline, place)) {
    if (closingBrace(outline, place.open) !== undefined) {
      return leaveOut(place, complainMisplaced(outline, place.start));
    }
    const diagnostic = complainOpenBlock(outline, place.start, place.open);
    return {
      kind: "again",
      tokens: insert(outline, place.start, "}").tokens,
      mistake: mistake(diagnostic, []),
    };
  }
  // The unit's own keyword is not the next unit's.
  if (at > 1 && opensLine(outline, at - 1)) {
    const step = recoverCutShort(rule, outline, at - 1);
    if (step !== undefined) return step;
  }
  const repair = findRepair(rule, outline, at, parsed);
  const early = repair?.kind === "replace" ? undefined : missingName(rule, outline, at);
  if (early !== undefined) {
    const where = placeInBlock(outline, at - 1, early.rule);
    const diagnostic = complain(outline, at - 1, early, where);
    if (where !== undefined) return leaveOut(where, diagnostic);
    const end = unitEnd(outline, at);
    return { kind: "read", rest: tokens.slice(end), mistake: mistake(diagnostic, tokens.slice(0, end)) };
  }
  if (repair !== undefined) {
    const diagnostic = complainMended(outline, at, parsed, repair);
    return { kind: "again", tokens: repair.tokens, mistake: mistake(diagnostic, []) };
  }
  if (parsed.kind === "whole" && opensLine(outline, at)) {
    return { kind: "read", node: parsed.node, rest: tokens.slice(at) };
  }
  const diagnostic = complain(outline, at, parsed, place);
  if (place !== undefined && place.start < tokens.length) return leaveOut(place, diagnostic);

  const end = parsed.kind === "broken" && startsUnit(outline, at) ? at : unitEnd(outline, at);
  const lost = tokens.slice(parsed.kind === "whole" ? at : 0, end);
  return {
    kind: "read",
    ...(parsed.kind === "whole" && { node: parsed.node }),
    rest: tokens.slice(end),
    mistake: mistake(diagnostic, lost),
  };
}

/**
 * The first word of the next declaration, or of the next item of the block, may have been taken for a name that was
 * missing: `band top =` and then `cohort low = …`. Then what comes before it is what is wrong.
 */
function recoverCutShort(rule: UnitRule, outline: Outline, next: number): Step | undefined {
  const { tokens } = outline;
  const head: Outline = { ...outline, tokens: tokens.slice(0, next) };
  const parsed = parseUnit(rule, head.tokens);
  if (parsed.kind === "whole" || parsed.at < next) return undefined;
  const place = placeInBlock(outline, next, parsed.rule);
  const from = tokens[place?.start ?? 0]?.startOffset ?? 0;
  if (place === undefined) {
    if (!looksLikeUnit(outline, next)) return undefined;
    const diagnostic = complain(head, next, parsed, undefined);
    const mistake = { diagnostic, lost: head.tokens, from, to: endOfLine(outline, next - 1) };
    return { kind: "read", rest: tokens.slice(next), mistake };
  }
  if (place.start === next || !startsItem(outline, place.item, next)) return undefined;
  const repair = parsed.expected === "`}`" ? findRepair(rule, outline, next, parsed) : undefined;
  if (repair?.kind === "insert") {
    const diagnostic = complainMended(outline, next, parsed, repair);
    return {
      kind: "again",
      tokens: repair.tokens,
      mistake: { diagnostic, lost: [], from, to: endOfLine(outline, next - 1) },
    };
  }
  const diagnostic = complain(outline, next, parsed, place);
  const lost = tokens.slice(place.start, next);
  const mistake = { diagnostic, lost, from, to: endOfLine(outline, next - 1) };
  return { kind: "again", tokens: tokens.toSpliced(place.start, lost.length), mistake };
}

/**
 * The keyword before `at` may have been taken for a name that was missing: in `attenuate to 50%` there is no band
 * called `to`. Told by this, that the parser reads on once a name stands before it.
 */
function missingName(
  rule: UnitRule,
  outline: Outline,
  at: number,
): Extract<UnitParse, { kind: "broken" }> | undefined {
  if (at < 2 || !is(outline, at - 1, Name) || is(outline, at - 1, Identifier)) return undefined;
  const before = parseUnit(rule, outline.tokens.slice(0, at - 1));
  if (before.kind === "whole" || before.at < at - 1) return undefined;
  const named = parseUnit(rule, withName(outline, at - 1));
  const end = named.kind === "whole" ? named.end : named.at;
  // One more token than there was, the keyword, and what it was that did not fit.
  return end > at + 1 ? before : undefined;
}

/** Whether a declaration begins where an item should that cannot be one. */
function isForeignTo(outline: Outline, { item, start }: Place): boolean {
  return looksLikeUnit(outline, start) && !(item === "rule" && is(outline, start, ...RULE_WORDS));
}

const RULE_WORDS = [word.route, word.detach, word.bound, word.never, word.always, word.apply];

/** Text at the top of the file that begins no unit. */
function readStranger(outline: Outline): Read {
  const { tokens } = outline;
  const near = is(outline, 0, Name) ? nearestName(tokens[0]?.image ?? "", UNIT_WORDS) : undefined;
  const meant = near === undefined ? undefined : { ...outline, tokens: replace(outline, 0, near).tokens };
  const isMended = meant !== undefined && reads(meant);
  const end = isMended ? 0 : is(outline, 0, BraceClose) ? 1 : unitEnd(outline, 0);
  const mistake: Mistake = {
    diagnostic: complainStranger(outline),
    lost: tokens.slice(0, end),
    from: tokens[0]?.startOffset ?? 0,
    to: endOfLine(outline, 0),
  };
  return { mistakes: [mistake], rest: isMended ? meant.tokens : tokens.slice(end) };
}

function reads(outline: Outline): boolean {
  const rule = ruleOf(outline);
  if (rule === undefined) return false;
  const parsed = parseUnit(rule, outline.tokens);
  return parsed.kind === "whole" || parsed.at > 2;
}

function ruleOf(outline: Outline): UnitRule | undefined {
  if (is(outline, 0, word.policy, word.module)) return "header";
  if (is(outline, 0, word.import)) return "import";
  return is(outline, 0, DeclarationName) ? "declaration" : undefined;
}

function endOfLine({ source, tokens }: Outline, at: number): number {
  const offset = tokens[at]?.startOffset ?? source.text.length;
  const end = source.text.indexOf("\n", offset);
  return end < 0 ? source.text.length : end;
}
