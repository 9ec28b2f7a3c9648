/**
 * The meaning of a policy, slowly: w(i, θ) for one example, one moment and one unit of one layer, read straight off
 * the syntax tree. It is written from the language's description and shares nothing but the parser with what it is
 * held against.
 */
import type {
  ApplyDeclaration,
  Declaration,
  Literal,
  PolicyFile,
  Rule,
  Window,
} from "../../src/syntax/ast.ts";
import { parse } from "../../src/syntax/parse.ts";
import { createSourceText } from "../../src/source/text.ts";
import { isInBand, type Place } from "./bands.ts";
import { isInCohort, type OracleExample } from "./cohorts.ts";
import { isOpen, literalOf, meantBy, paramsOf, weightOf, type OracleMoment, type Scope } from "./names.ts";

export type { Place } from "./bands.ts";
export type { OracleExample } from "./cohorts.ts";
export type { OracleMoment } from "./names.ts";

export interface Meaning {
  /** w(i, θ). */
  readonly weightOf: (example: OracleExample, moment: OracleMoment, place: Place) => number;
  /** Whether the example's error stops where it leaves this place towards the input. */
  readonly isCut: (example: OracleExample, moment: OracleMoment, place: Place) => boolean;
  readonly isInCohort: (cohort: string, example: OracleExample, moment: OracleMoment) => boolean;
  readonly isInBand: (band: string, place: Place) => boolean;
  /** In the order of the text, those of rulesets where they are applied. */
  readonly claims: readonly MeantClaim[];
}

export interface MeantClaim {
  readonly claim: "never" | "always";
  readonly cohort: string;
  readonly band: string;
}

/** What a policy in one file means; throws where the text is not a policy. */
export function interpret(text: string): Meaning {
  const { file, diagnostics } = parse(createSourceText("policy.gov", text));
  if (diagnostics.some(({ severity }) => severity === "error")) throw new Error(`not a policy:\n${text}`);
  const params = paramsOf(declared(file, "ParamDeclaration"));
  const cohorts = declared(file, "CohortDeclaration");
  const bands = declared(file, "BandDeclaration");
  const sentences = rulesOf(file).flatMap((rule) => sayRule(rule, params, { file, params }));

  const inCohort: Meaning["isInCohort"] = (cohort, example, moment) =>
    isInCohort(cohort, { example, moment, cohorts, scope: params });
  // Which bands hold a place never changes, and is asked over and over.
  const holding = new Map<string, WeakMap<Place, boolean>>();
  const inBand: Meaning["isInBand"] = (band, place) => {
    const known = holding.get(band) ?? new WeakMap<Place, boolean>();
    holding.set(band, known);
    const answer = known.get(place) ?? isInBand(band, { place, bands, scope: params });
    known.set(place, answer);
    return answer;
  };
  return {
    isInCohort: inCohort,
    isInBand: inBand,
    weightOf: (example, moment, place) => {
      const spoken = sentences.filter(
        (said) =>
          said.kind === "weight" &&
          isOpen(said.window, moment, said.scope) &&
          inCohort(said.cohort, example, moment) &&
          inBand(said.band, place),
      );
      const defaults = sentences.filter((said) => said.kind === "default");
      const weights = (spoken.length > 0 ? spoken : defaults).map(({ weight }) => weight);
      return weights.length === 0 ? 1 : Math.min(...weights);
    },
    isCut: (example, moment, place) =>
      sentences.some(
        (said) =>
          said.kind === "cut" &&
          isOpen(said.window, moment, said.scope) &&
          inCohort(said.cohort, example, moment) &&
          inBand(said.band, place),
      ),
    claims: sentences.flatMap(({ kind, cohort, band }): readonly MeantClaim[] =>
      kind === "never" || kind === "always" ? [{ claim: kind, cohort, band }] : [],
    ),
  };
}

/** One rule about one cohort and one band. */
interface Sentence {
  readonly kind: "weight" | "default" | "cut" | "never" | "always";
  readonly cohort: string;
  readonly band: string;
  readonly weight: number;
  readonly window: Window | undefined;
  /** Where the names in the window mean something. */
  readonly scope: Scope;
}

interface Whole {
  readonly file: PolicyFile;
  readonly params: Scope;
}

function sayRule(rule: Rule, scope: Scope, whole: Whole): readonly Sentence[] {
  const common = { cohort: "all", band: "all", weight: 1, window: undefined, scope };
  switch (rule.kind) {
    case "RouteDeclaration": {
      const { route } = rule;
      if (route.kind === "RouteDefault")
        return [{ ...common, kind: "default", weight: weightOf(route.weight, scope) }];
      const said = {
        ...common,
        kind: "weight",
        cohort: meantBy(route.cohort, scope),
        window: route.window,
      } as const;
      if (route.kind === "RouteToBands") {
        const weight = weightOf(route.weight, scope);
        return route.bands.map((band) => ({ ...said, band: meantBy(band, scope), weight }));
      }
      const name = meantBy(route.profile, scope);
      const profile = declared(whole.file, "ProfileDeclaration").find((one) => one.name.text === name);
      if (profile === undefined) throw new Error(`no profile \`${name}\``);
      // A profile stands outside of every ruleset, so that its names are the policy's own.
      return profile.entries.map(({ band, weight }) => ({
        ...said,
        band: meantBy(band, whole.params),
        weight: weightOf(weight, whole.params),
      }));
    }
    case "DetachDeclaration":
      return rule.bands.map((band) => ({
        ...common,
        kind: "cut",
        cohort: meantBy(rule.cohort, scope),
        band: meantBy(band, scope),
        window: rule.window,
      }));
    case "ClaimDeclaration":
      return rule.bands.map((band) => ({
        ...common,
        kind: rule.claim,
        cohort: meantBy(rule.cohort, scope),
        band: meantBy(band, scope),
      }));
    case "ApplyDeclaration":
      return applied(rule, scope, whole);
    case "BoundDeclaration":
      // Acts on what a run measures, and says nothing about weights before it does.
      return [];
  }
}

/** The rules of a ruleset with the arguments in place, as if written there. */
function applied(apply: ApplyDeclaration, scope: Scope, whole: Whole): readonly Sentence[] {
  const ruleset = declared(whole.file, "RulesetDeclaration").find(
    (one) => one.name.text === apply.ruleset.text,
  );
  if (ruleset === undefined) throw new Error(`no ruleset \`${apply.ruleset.text}\``);
  const inner = new Map<string, Literal | string>(whole.params);
  ruleset.parameters.forEach((parameter, position) => {
    const { name, type, defaultValue } = parameter;
    const given =
      apply.arguments.find((argument) => argument.name?.text === name.text) ??
      apply.arguments.find((argument, at) => argument.name === undefined && at === position);
    const value = given?.value ?? defaultValue;
    if (value === undefined) throw new Error(`nothing for \`${name.text}\``);
    const here = given === undefined ? whole.params : scope;
    if (type.kind !== "EntityType") inner.set(name.text, literalOf(value, here));
    else if (value.kind === "Reference") inner.set(name.text, meantBy(value.name, here));
  });
  return ruleset.rules.flatMap((rule) => sayRule(rule, inner, whole));
}

function rulesOf({ declarations }: PolicyFile): readonly Rule[] {
  return declarations.filter(
    (declaration) =>
      declaration.kind === "RouteDeclaration" ||
      declaration.kind === "DetachDeclaration" ||
      declaration.kind === "ClaimDeclaration" ||
      declaration.kind === "BoundDeclaration" ||
      declaration.kind === "ApplyDeclaration",
  );
}

function declared<Kind extends Declaration["kind"]>(
  { declarations }: PolicyFile,
  kind: Kind,
): readonly Extract<Declaration, { kind: Kind }>[] {
  return declarations.filter(
    (declaration): declaration is Extract<Declaration, { kind: Kind }> => declaration.kind === kind,
  );
}
