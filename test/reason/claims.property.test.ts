import fc from "fast-check";
import { expect, it } from "vitest";
import type { Claim, CheckedPolicy } from "../../src/check/policy.ts";
import { compile } from "../../src/compile.ts";
import { resolveBands } from "../../src/model/resolve.ts";
import { cellsOf, type ResolvedBands } from "../../src/reason/cells.ts";
import { decideClaim, type Counterexample } from "../../src/reason/claims.ts";
import { validateExample } from "../../src/reason/example.ts";
import type { NetworkShape } from "../../src/model/network.ts";
import { finitePolicies, type FinitePolicy } from "../generators/finite-policies.ts";
import { placesOf } from "../generators/networks.ts";
import { cases, runs } from "../generators/runs.ts";
import { interpret, type Meaning, type OracleExample, type Place } from "../oracle/interpreter.ts";

it(
  "decides the claims of random policies as trying every example, moment and parameter does",
  () => {
    fc.assert(
      fc.property(finitePolicies(), (drawn) => {
        const { text, network } = drawn;
        const policy = checked(text, drawn.isKnown ? network : undefined);
        const oracle = interpret(text);
        const resolved = drawn.isKnown ? resolve(policy, network) : undefined;
        const cells = meantCells(network, policy, oracle);
        const said = policy.claims.flatMap((claim) => judge(claim, policy, oracle, cells, drawn));
        expect(showCells(cellsOf(policy, resolved)), text).toEqual(
          showCells(cells.map(({ bands }) => bands)),
        );
        const claims = policy.claims.map(({ claim, cohort, band }) => ({ claim, cohort, band }));
        expect(said.length === 0 ? "" : `${text}\n\n${said.join("\n")}\n${tell(network)}`).toBe("");
        expect(claims).toEqual(oracle.claims);
      }),
      cases(500),
    );
  },
  runs(180_000),
);

function checked(text: string, network: NetworkShape | undefined): CheckedPolicy {
  const sources = new Map([["policy.gov", text]]);
  const { policy, diagnostics } = compile({ entry: "policy.gov", sources, ...(network && { network }) });
  const errors = diagnostics.filter(({ severity, code }) => severity === "error" && code !== "GOV5001");
  if (policy === undefined || errors.length > 0)
    throw new Error(
      `${text}\n\n${errors.map(({ code, message }) => `${code} ${message}`).join("\n")}${network ? tell(network) : ""}`,
    );
  return policy;
}

/** What is wrong with the verdict on a claim. */
function judge(
  claim: Claim,
  policy: CheckedPolicy,
  oracle: Meaning,
  cells: readonly MeantCell[],
  drawn: FinitePolicy,
): readonly string[] {
  const { network, isKnown } = drawn;
  const resolved = isKnown ? resolve(policy, network) : undefined;
  const verdict = decideClaim(claim, policy, resolved);
  const broken = findBreak(claim, oracle, cells, drawn);
  const isStatic = policy.cohorts.every(({ dynamic }) => !dynamic);
  if (verdict.kind === "refuted") {
    const { example } = verdict.counterexample;
    const isPossible = drawn.examples.some((possible) => showExample(possible) === showExample(example));
    const problems = [
      ...(isPossible ? [] : [`${show(claim)} is refuted by ${showExample(example)}, which is not possible`]),
      ...refute(claim, verdict.counterexample, policy, oracle, cells),
    ];
    return broken === undefined ? [`${show(claim)} is refuted, and holds`, ...problems] : problems;
  }
  if (verdict.kind === "proved")
    return broken === undefined ? [] : [`${show(claim)} is proved, and broken by ${broken}`];
  return isStatic ? [`${show(claim)} is ${verdict.kind}, though no cohort is dynamic`] : [];
}

/** What is wrong with a counterexample. */
function refute(
  claim: Claim,
  { example, cell, moment }: Counterexample,
  policy: CheckedPolicy,
  oracle: Meaning,
  cells: readonly MeantCell[],
): readonly string[] {
  const told = `${show(claim)} is refuted by ${JSON.stringify(example)} at ${JSON.stringify(moment)} on ${[...cell].join()}`;
  const refusals = validateExample(policy.example, example);
  const known = cells.find(
    ({ bands }) => bands.length === cell.size && bands.every((band) => cell.has(band)),
  );
  const isReachable = moment.epoch <= moment.step && (moment.examples === 0 || moment.step > 0);
  return [
    ...refusals.map(({ problem }) => `${told}, which the schema does not admit: ${problem}`),
    ...(isReachable ? [] : [`${told}, which is no moment of a training`]),
    ...(known === undefined ? [`${told}, where no parameter lies`] : []),
    ...(oracle.isInCohort(claim.cohort, example, moment) ? [] : [`${told}, whom the cohort does not hold`]),
    ...(known !== undefined && !breaks(claim, oracle.weightOf(example, moment, known.place))
      ? [`${told}, which has weight ${String(oracle.weightOf(example, moment, known.place))} there`]
      : []),
  ];
}

/** The first that breaks a claim. */
function findBreak(
  claim: Claim,
  oracle: Meaning,
  cells: readonly MeantCell[],
  { examples, moments }: Pick<FinitePolicy, "examples" | "moments">,
): string | undefined {
  const places = cells.filter(({ bands }) => bands.includes(claim.band)).map(({ place }) => place);
  for (const moment of moments)
    for (const example of examples) {
      if (!oracle.isInCohort(claim.cohort, example, moment)) continue;
      const place = places.find((one) => breaks(claim, oracle.weightOf(example, moment, one)));
      if (place !== undefined)
        return `${JSON.stringify(example)} at ${JSON.stringify(moment)} on ${place.layer} unit ${String(place.unit)}`;
    }
  return undefined;
}

/** One parameter of each set that lies in the same bands. */
interface MeantCell {
  /** `all` among them. */
  readonly bands: readonly string[];
  readonly place: Place;
}

function meantCells(network: NetworkShape, policy: CheckedPolicy, oracle: Meaning): readonly MeantCell[] {
  const names = policy.bands.map(({ name }) => name);
  const cells = placesOf(network).map((place): [string, MeantCell] => {
    const bands = ["all", ...names.filter((name) => oracle.isInBand(name, place))];
    return [bands.join(), { bands, place }];
  });
  return [...new Map(cells).values()];
}

function resolve(policy: CheckedPolicy, network: NetworkShape): ResolvedBands {
  return { network, extents: resolveBands(policy, network).extents };
}

function showCells(cells: readonly Iterable<string>[]): readonly string[] {
  return cells.map((bands) => [...bands].toSorted().join(" ")).toSorted();
}

/** The same for examples that are the same, whatever the order of fields and elements. */
function showExample(example: OracleExample): string {
  const fields = Object.entries(example).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.toSorted() : value,
  ]);
  return JSON.stringify(fields.toSorted());
}

function breaks({ claim }: Claim, weight: number): boolean {
  return claim === "never" ? weight !== 0 : weight === 0;
}

function show({ claim, cohort, band }: Claim): string {
  return `\`${claim} ${cohort} -> ${band}\``;
}

function tell({ layers }: NetworkShape): string {
  return layers.map(({ name, kind, units }) => `${name}: ${kind} ${String(units)}`).join("; ");
}
