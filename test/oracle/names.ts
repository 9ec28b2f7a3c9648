/** What a name stands for: a literal (a param), or another name (what a ruleset was applied with). */
import type {
  Duration,
  Literal,
  Name,
  ParamDeclaration,
  Range,
  TimeUnit,
  Value,
  Weight,
  Window,
} from "../../src/syntax/ast.ts";

/** Literals by the name of their param, names by the name of a ruleset's parameter. */
export type Scope = ReadonlyMap<string, Literal | string>;

/** A moment of training: how many steps, epochs and examples were complete when it began. */
export interface OracleMoment {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
}

/** The params of a policy as it stands, without `--set`. */
export function paramsOf(params: readonly ParamDeclaration[]): Scope {
  return new Map(params.map(({ name, value }): [string, Literal] => [name.text, value]));
}

/** The name of the band, cohort, profile or ruleset that is meant. */
export function meantBy(name: Name, scope: Scope): string {
  const bound = scope.get(name.text);
  return typeof bound === "string" ? bound : name.text;
}

export function literalOf(value: Value, scope: Scope): Literal {
  if (value.kind !== "Reference") return value;
  const bound = scope.get(value.name.text);
  if (bound === undefined || typeof bound === "string") throw new Error(`no literal \`${value.name.text}\``);
  return bound;
}

export function numberOf(value: Value, scope: Scope): number {
  const literal = literalOf(value, scope);
  if (typeof literal.value !== "number") throw new Error(`\`${literal.kind}\` where a number is expected`);
  return literal.value;
}

/** block = 0, full = 1. */
export function weightOf(weight: Weight, scope: Scope): number {
  if (weight.kind === "KeywordWeight") return weight.keyword === "block" ? 0 : 1;
  return numberOf(weight, scope);
}

type Bounds = Pick<Range, "low" | "high" | "excludesHigh">;

/** Ranges are inclusive at both ends, and `..<` excludes the upper one. */
export function liesIn(value: unknown, { low, high, excludesHigh }: Bounds, scope: Scope): boolean {
  const from = literalOf(low, scope).value;
  const to = literalOf(high, scope).value;
  if (typeof value === "number" && typeof from === "number" && typeof to === "number")
    return from <= value && (excludesHigh ? value < to : value <= to);
  if (typeof value === "string" && typeof from === "string" && typeof to === "string")
    return from <= value && (excludesHigh ? value < to : value <= to);
  throw new TypeError(`${String(value)} and ${String(from)}..${String(to)} are of several types`);
}

const CLOCKS: Readonly<Record<TimeUnit, keyof OracleMoment>> = {
  steps: "step",
  epochs: "epoch",
  examples: "examples",
};

/** `from` is inclusive, `until` exclusive, both counted from the start of training. */
export function isOpen(window: Window | undefined, moment: OracleMoment, scope: Scope): boolean {
  if (window?.from !== undefined && !hasCome(window.from, moment, scope)) return false;
  return window?.until === undefined || !hasCome(window.until, moment, scope);
}

function hasCome({ count, unit }: Duration, moment: OracleMoment, scope: Scope): boolean {
  return moment[CLOCKS[unit ?? "steps"]] >= numberOf(count, scope);
}

/**
 * A glob, character by character: `*` is any run without `/`, `**` any run, `?` one character that is not `/`. A `**`
 * with its slash also stands for nothing, so that `**` + `/x` meets `x`.
 */
export function meetsGlob(glob: string, text: string): boolean {
  return meets(Array.from(glob), Array.from(text));
}

function meets(glob: readonly string[], text: readonly string[]): boolean {
  const [sign, second, third] = glob;
  if (sign === undefined) return text.length === 0;
  if (sign === "*" && second === "*") {
    const after = glob.slice(2);
    if (third === "/" && meets(glob.slice(3), text)) return true;
    return Array.from({ length: text.length + 1 }, (_, length) => length).some((length) =>
      meets(after, text.slice(length)),
    );
  }
  const [character, ...others] = text;
  if (sign === "*") {
    if (meets(glob.slice(1), text)) return true;
    return character !== undefined && character !== "/" && meets(glob, others);
  }
  if (character === undefined) return false;
  const isMet = sign === "?" ? character !== "/" : character === sign;
  return isMet && meets(glob.slice(1), others);
}
