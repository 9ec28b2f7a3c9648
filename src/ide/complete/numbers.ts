/** Numbers worth offering: weights, units of the layers at hand, positions, values of fields. */
import { NumberLiteral, PercentLiteral, StringLiteral } from "../../../grammar/tokens.ts";
import { compileGlob } from "../../source/glob.ts";
import { readString } from "../../syntax/string-text.ts";
import type { NextToken } from "../../syntax/next-tokens.ts";
import { isType } from "../expected.ts";
import { RANKS, type Candidate } from "./completion.ts";
import { fieldBefore, type Setting } from "./setting.ts";

/** The numbers among what may come next. */
export function numbersAmong(next: readonly NextToken[], setting: Setting): readonly Candidate[] {
  return next.flatMap(({ type, rule, rules }): readonly Candidate[] => {
    if (type === PercentLiteral && rule === "weight")
      return ["0%", "10%", "25%", "50%", "75%"].map((label) => number(label, "weight"));
    if (type !== NumberLiteral) return [];
    if (rules.includes("units")) return unitRanges(setting);
    if (rules.includes("duration")) return DURATIONS.map((label) => number(label, "duration"));
    if (rules.includes("layers")) return positions(setting);
    if (rules.includes("comparison") || rules.includes("inclusion") || rules.includes("givenField"))
      return fieldNumbers(setting);
    return [];
  });
}

const DURATIONS = ["1 epoch", "50 steps", "100 steps", "500 steps", "1_000 steps"];

function number(label: string, detail: string): Candidate {
  return { label, kind: "value", rank: RANKS.common, detail };
}

/** All units of the layers that the globs before match, and their halves. */
function unitRanges({ draft, place }: Setting): readonly Candidate[] {
  const globs = place.before
    .filter((token) => isType(token, StringLiteral))
    .map(({ image }) => compileGlob(readString(image).value));
  const matched = (draft.bands()?.network.layers ?? []).filter(({ name }) =>
    globs.some((matches) => matches(name)),
  );
  const counts = matched.flatMap(({ units }) => (units === undefined ? [] : [units]));
  if (counts.length === 0) return [];
  const units = Math.min(...counts);
  const half = Math.floor(units / 2);
  const ranges =
    half < 1 ? [`0..${units - 1}`] : [`0..${units - 1}`, `0..${half - 1}`, `${half}..${units - 1}`];
  return ranges.map((label) => number(label, `of ${units} units`));
}

function positions({ draft }: Setting): readonly Candidate[] {
  const count = draft.bands()?.network.layers.filter(({ trainable }) => trainable).length ?? 0;
  return count === 0 ? [] : [number(`0..${count - 1}`, `${count} trainable layers`)];
}

/** The range that a field is declared with, and its ends. */
function fieldNumbers(setting: Setting): readonly Candidate[] {
  const name = fieldBefore(setting);
  const range = name === undefined ? undefined : setting.fields.get(name)?.range;
  if (name === undefined || range === undefined || typeof range.low === "string") return [];
  const isRange = setting.place.next.some(({ rules }) => rules.includes("inclusion"));
  const ends = [range.low, range.high].map((end) => number(String(end), name));
  return isRange ? [number(`${range.low}..${range.high}`, name)] : ends;
}
