import type {
  BandDeclaration, BehaviorDeclaration, CohortDeclaration, Name, ParamDeclaration, ProfileDeclaration,
  RulesetDeclaration, RulesetParameter,
} from "../syntax/ast.ts"; // prettier-ignore

export type SymbolKind = "param" | "band" | "cohort" | "profile" | "behavior" | "ruleset";

interface SymbolBase<Kind extends string, Declaration> {
  readonly kind: Kind;
  readonly name: string;
  /** The file that declares it. */
  readonly file: string;
  readonly declaration: Declaration;
}

/** Something that a top-level declaration gives a name to. */
export type PolicySymbol =
  | SymbolBase<"param", ParamDeclaration>
  | SymbolBase<"band", BandDeclaration>
  | SymbolBase<"cohort", CohortDeclaration>
  | SymbolBase<"profile", ProfileDeclaration>
  | SymbolBase<"behavior", BehaviorDeclaration>
  | SymbolBase<"ruleset", RulesetDeclaration>;

/** A parameter of a ruleset, known inside it only. */
export type RulesetSymbol = SymbolBase<"parameter", RulesetParameter>;

/** `all`: the cohort of every example, the band of every governed parameter. */
export interface BuiltIn {
  readonly kind: "all";
}

export type Definition = PolicySymbol | RulesetSymbol | BuiltIn;

/** Where a symbol's own name stands. */
export function nameOf(symbol: PolicySymbol | RulesetSymbol): Name {
  return symbol.declaration.name;
}
