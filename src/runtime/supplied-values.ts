import { fieldsRead } from "../check/fields-read.ts";
import type { Cohort, Policy } from "../check/policy.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { GovernanceError } from "./error.ts";
import type { SuppliedValues } from "./members.ts";

/** What a forward pass can be asked about its examples, `[B]` each; undefined where the network does not tell. */
export interface ExampleReadings {
  readonly loss: () => Float32Array | undefined;
  /** Predictive, in nats. */
  readonly entropy: () => Float32Array | undefined;
}

type SuppliedField = keyof ExampleReadings;

/**
 * Takes from a forward pass what the policy's cohorts read of it, and nothing else.
 *
 * @returns A function that throws GovernanceError where a cohort reads what the network does not tell.
 */
export function createSupply(policy: Pick<Policy, "cohorts">): (readings: ExampleReadings) => SuppliedValues {
  const readers = (field: SuppliedField): Cohort | undefined =>
    policy.cohorts.find(({ predicate }) => fieldsRead(predicate).includes(field));
  const wanted = (["loss", "entropy"] as const).flatMap((field) => {
    const cohort = readers(field);
    return cohort === undefined ? [] : [{ field, cohort }];
  });
  return (readings) =>
    Object.fromEntries(
      wanted.map(({ field, cohort }) => {
        const values = readings[field]();
        if (values === undefined) throw new GovernanceError([UNKNOWN[field](cohort)]);
        return [field, values];
      }),
    );
}

const UNKNOWN: Readonly<Record<SuppliedField, (cohort: Cohort) => Diagnostic>> = {
  loss: ({ name, span }) =>
    diagnose(
      "GOV4007",
      span,
      `\`${name}\` reads the \`loss\` of each example, and the model's loss is one number for the batch`,
      { help: "let the loss have the shape [B], one value for each example; Strata takes the mean" },
    ),
  entropy: ({ name, span }) =>
    diagnose(
      "GOV4015",
      span,
      `\`${name}\` reads the \`entropy\` of each example, and the network does not show how sure its predictions are`,
      {
        help: "a cross-entropy by name or a softmax at the output shows it; else give `predictiveEntropy` with a layers model, and `{ losses, entropies }` from the `loss` of a plain network",
      },
    ),
};
