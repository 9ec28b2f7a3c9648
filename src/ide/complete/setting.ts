import type { IToken } from "chevrotain";
import type { SymbolKind } from "../../bind/symbols.ts";
import type { Field } from "../../check/policy.ts";
import { Colon, ComparisonOperator, keywords as word, Name } from "../../../grammar/tokens.ts";
import { declaredNames, parametersIn, type DeclaredNames, type DeclaredParameter } from "../declared.ts";
import type { Draft } from "../draft.ts";
import { isType, type Place } from "../expected.ts";
import type { Surroundings } from "./completion.ts";

/** What every kind of completion goes by. */
export interface Setting {
  readonly draft: Draft;
  readonly place: Place;
  readonly surroundings: Surroundings;
  readonly declared: DeclaredNames;
  /** Parameters of the ruleset that the cursor is in. */
  readonly parameters: readonly DeclaredParameter[];
  /** The fields of examples, those of modules among them. */
  readonly fields: ReadonlyMap<string, Field | undefined>;
}

export function settingOf(draft: Draft, place: Place, surroundings: Surroundings): Setting {
  const declared = declaredNames(draft.parsed);
  const known = draft.compilation.draft.example.fields.map((field) => [field.name, field] as const);
  return {
    draft,
    place,
    surroundings,
    declared,
    parameters: parametersIn(place.before),
    fields: new Map<string, Field | undefined>([
      ...declared.fields.map((name) => [name, undefined] as const),
      ...known,
    ]),
  };
}

/** The names of one kind that can be used where the cursor is. */
export function visibleNames(kind: SymbolKind, { draft, declared, parameters }: Setting): readonly string[] {
  const scope = draft.compilation.bound.scopes.get(draft.parsed.source.file);
  const names = new Set<string>();
  for (const parameter of parameters) if (parameter.kind === kind) names.add(parameter.name);
  for (const [name, symbol] of scope ?? []) if (symbol.kind === kind) names.add(name);
  for (const [name, own] of declared.symbols) if (own === kind) names.add(name);
  return [...names];
}

/** The field that is compared, or given, by the tokens before the cursor. */
export function fieldBefore({ place }: Setting): string | undefined {
  const { before } = place;
  const at = before.findLastIndex((token) => isType(token, ComparisonOperator, word.in, word.matches, Colon));
  const sign = before[at];
  if (sign === undefined) return undefined;
  const name = before[at - (isType(before[at - 1], word.not) && !isType(sign, Colon) ? 2 : 1)];
  return name !== undefined && isName(name) ? name.image : undefined;
}

function isName(token: IToken): boolean {
  return isType(token, Name);
}
