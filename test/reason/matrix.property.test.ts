/** The routing matrix against the slow interpreter: no weight is missing, and each that is listed is somebody's. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { resolveBands } from "../../src/model/resolve.ts";
import { createGrounds } from "../../src/reason/grounds.ts";
import { findMatrix, type RoutingMatrix } from "../../src/reason/matrix.ts";
import { placesOf } from "../generators/networks.ts";
import { policies, type DrawnPolicy } from "../generators/policies.ts";
import { cases, runs } from "../generators/runs.ts";
import { interpret, type Meaning, type OracleMoment } from "../oracle/interpreter.ts";

it("lists exactly the weights that examples of a cohort have on a band", () => {
  const seen = { weights: 0, mixed: 0, open: 0 };
  fc.assert(
    fc.property(policies(), (drawn) => {
      const { text, network, moments } = drawn;
      const { policy } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", text]]), network });
      if (policy === undefined) throw new Error(`not a policy:\n${text}`);
      const oracle = interpret(text);
      const resolved = { network, extents: resolveBands(policy, network).extents };
      const said: string[] = [];
      for (const moment of moments.slice(0, 3)) {
        const matrix = findMatrix(createGrounds(policy, resolved), moment);
        said.push(
          ...findMissing(matrix, drawn, moment, oracle),
          ...findInvented(matrix, drawn, moment, oracle),
        );
        for (const { weights, isOpen } of matrix.rows.flatMap(({ cells }) => cells)) {
          seen.weights += weights.length;
          seen.mixed += weights.length > 1 ? 1 : 0;
          seen.open += isOpen ? 1 : 0;
        }
      }
      expect(said.length === 0 ? "" : `${text}\n\n${said.slice(0, 6).join("\n")}`).toBe("");
    }),
    cases(25),
  );
  expect(seen.mixed).toBeGreaterThan(runs(50));
  expect(seen.open).toBeLessThan(seen.weights / 100);
});

/** What examples that were drawn have, and the matrix has not. */
function findMissing(
  { rows }: RoutingMatrix,
  { network, examples }: DrawnPolicy,
  moment: OracleMoment,
  oracle: Meaning,
): readonly string[] {
  const places = placesOf(network);
  return rows.flatMap(({ cohort, cells }) =>
    examples
      .filter((example) => cohort === "all" || oracle.isInCohort(cohort, example, moment))
      .flatMap((example) =>
        cells.flatMap(({ band, weights, isOpen }) =>
          places
            .filter((place) => oracle.isInBand(band, place))
            .map((place) => oracle.weightOf(example, moment, place))
            .filter((weight) => !isOpen && !weights.some((listed) => isClose(listed.weight, weight)))
            .map((weight) => `${cohort} -> ${band}: ${weight} of ${JSON.stringify(example)} is not listed`),
        ),
      ),
  );
}

/** What the matrix lists for an example that has it nowhere, or that is not in the cohort. */
function findInvented(
  { rows }: RoutingMatrix,
  { network }: DrawnPolicy,
  moment: OracleMoment,
  oracle: Meaning,
): readonly string[] {
  const places = placesOf(network);
  return rows.flatMap(({ cohort, cells }) =>
    cells.flatMap(({ band, weights }) =>
      weights
        .filter(({ weight, example, run }) => {
          const met = { loss: 1, entropy: 1, ...example, ...run };
          const isMember = cohort === "all" || oracle.isInCohort(cohort, met, moment);
          const own = places.filter((place) => oracle.isInBand(band, place));
          return !isMember || !own.some((place) => isClose(oracle.weightOf(met, moment, place), weight));
        })
        .map(({ weight, example }) => `${cohort} -> ${band}: ${weight} is not of ${JSON.stringify(example)}`),
    ),
  );
}

function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) < 1e-9;
}
