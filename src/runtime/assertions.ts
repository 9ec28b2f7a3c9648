import * as tf from "@tensorflow/tfjs";
import type { Claim } from "../check/policy.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { cutPart, type BandPart } from "./bands.ts";
import type { ViolationFound } from "./events.ts";
import type { Clock } from "../reason/clock.ts";

/** The weight of each example on each segment of each of the plan's parameters; a number where it is the same for all. */
export type SegmentWeightTable = readonly (readonly (Float32Array | number)[])[];

export interface ClaimInput {
  readonly plan: TfjsPlan;
  readonly parts: ReadonlyMap<string, readonly BandPart[]>;
  readonly members: (cohort: string) => Uint8Array;
  readonly clock: Clock;
}

/** Claims that the weights of this step contradict. Looked for before the update, so that nothing forbidden is learnt. */
export function findBrokenClaims(input: ClaimInput, weights: SegmentWeightTable): readonly ViolationFound[] {
  return input.plan.claims.flatMap((claim) => {
    const members = input.members(claim.cohort);
    const broken = partsOf(input, claim).some((part) => {
      const weight = weights[part.parameter]?.[part.segment] ?? 0;
      return members.some(
        (member, row) =>
          member === 1 && isBroken(claim, typeof weight === "number" ? weight : (weight[row] ?? 0)),
      );
    });
    if (!broken) return [];
    const found = claim.claim === "never" ? "has a weight above 0 on" : "has weight 0 on";
    return [
      violation(input, claim, `an example of \`${claim.cohort}\` ${found} \`${claim.band}\` in this step`),
    ];
  });
}

/** Copies of what must not move in this step, taken before the update. */
export interface ForbiddenUpdates {
  readonly claim: Claim;
  readonly parameter: number;
  readonly part: BandPart;
  readonly before: Uint32Array;
}

/** In a step that holds only examples of C, `never C -> B` forbids any change of B: keeps B's bits to compare. */
export function watchForbidden(
  input: ClaimInput,
  variables: readonly tf.Variable[],
): readonly ForbiddenUpdates[] {
  return input.plan.claims
    .filter((claim) => claim.claim === "never" && input.members(claim.cohort).every((member) => member === 1))
    .flatMap((claim) =>
      partsOf(input, claim).map((part) => ({
        claim,
        part,
        parameter: part.parameter,
        before: bitsOf(input, part, variables),
      })),
    );
}

/** Of what was watched, everything that the update changed by even a bit. */
export function findForbiddenUpdates(
  input: ClaimInput,
  watched: readonly ForbiddenUpdates[],
  variables: readonly tf.Variable[],
): readonly ViolationFound[] {
  return watched
    .filter(({ part, before }) => {
      const after = bitsOf(input, part, variables);
      return before.some((bits, index) => bits !== after[index]);
    })
    .map(({ claim, part }) =>
      violation(
        input,
        claim,
        `a step of \`${claim.cohort}\` alone changed \`${input.plan.parameters[part.parameter]?.name ?? ""}\` in \`${claim.band}\``,
      ),
    );
}

function isBroken(claim: Claim, weight: number): boolean {
  return claim.claim === "never" ? weight > 0 : !(weight > 0);
}

function partsOf(input: ClaimInput, claim: Claim): readonly BandPart[] {
  return input.parts.get(claim.band) ?? [];
}

function bitsOf(input: ClaimInput, part: BandPart, variables: readonly tf.Variable[]): Uint32Array {
  const variable = variables[part.parameter];
  const parameter = input.plan.parameters[part.parameter];
  if (variable === undefined || parameter === undefined) return new Uint32Array();
  // A copy: on cpu, dataSync hands out the live buffer.
  const values = tf.tidy(() => Float32Array.from(cutPart(variable, part, parameter).dataSync()));
  return new Uint32Array(values.buffer);
}

function violation(input: ClaimInput, claim: Claim, message: string): ViolationFound {
  return { kind: "violation_found", clock: input.clock, code: "GOV8002", message, span: claim.span };
}
