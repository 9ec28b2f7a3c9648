/**
 * Random policies of which many lines are wrong in their types: operators and literals are put together as they come,
 * and optional fields are guarded or not. What the check leaves of them is right.
 */
import type fc from "fast-check";
import type { NetworkShape } from "../../src/model/network.ts";
import { chosen, type Choices } from "../gradients/exactness/choices.ts";
import type { OracleExample, OracleMoment } from "../oracle/interpreter.ts";
import { drawBands } from "./bands.ts";
import { drawExample, drawFields, schemaOf } from "./examples.ts";
import { drawNetwork } from "./networks.ts";
import { weight, window } from "./finite-policies.ts";

export interface WildPolicy {
  /** One declaration in each. */
  readonly lines: readonly string[];
  readonly network: NetworkShape;
  readonly examples: readonly OracleExample[];
  readonly moments: readonly OracleMoment[];
  /** What the metrics of bounds are measured as, step by step, one after another as they are asked for. */
  readonly measured: readonly (number | undefined)[];
}

export function wildPolicies(): fc.Arbitrary<WildPolicy> {
  return chosen((choices) => {
    const { one, whole, list } = choices;
    const network = drawNetwork(choices);
    const fields = drawFields(choices);
    const params = [
      "param share: fraction = 50%",
      "param limit: int = 3",
      "param edge: int = 1",
      'param mark: string = "lab"',
    ];
    const bands = drawBands(choices, network, params);
    const cohorts = list(2, 6, (index) => `cohort c${String(index)} = ${wildPredicate(choices, index, 2)}`);
    const band = (): string => one(["all", "b0", `b${String(whole(0, bands.length - 1))}`]);
    const cohort = (): string => one(["all", `c${String(whole(0, cohorts.length - 1))}`]);
    return {
      lines: [
        ...params,
        schemaOf(fields),
        ...bands,
        ...cohorts,
        ...list(0, 3, () => `route ${cohort()} -> ${band()}: ${weight(choices)}${window(choices)}`),
        ...list(0, 3, () => wildBound(choices, band, cohort)),
      ],
      network,
      examples: list(4, 10, () => ({
        ...drawExample(fields, choices),
        loss: one([0, 2.25, Number.NaN]),
        entropy: one([0, 1.5]),
      })),
      moments: [
        { step: 0, epoch: 0, examples: 0 },
        ...list(1, 3, (index) => ({ step: index + 1, epoch: whole(0, 1), examples: whole(1, 4) })),
      ],
      measured: list(1, 9, () =>
        one([0, 0.5, 3, -1, 1e9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined]),
      ),
    };
  });
}

const FIELDS = [
  "id",
  "label",
  "score",
  "licence",
  "flagged",
  "tags",
  "source",
  "seen",
  "step",
  "loss",
] as const;

function wildPredicate(choices: Choices, index: number, depth: number): string {
  const { one, whole, often } = choices;
  const inner = (): string => wildPredicate(choices, index, depth - 1);
  if (depth > 0 && often(7))
    return one<() => string>([
      () => `${inner()} and ${inner()}`,
      () => `${inner()} or ${inner()}`,
      () => `not (${inner()})`,
      () => `(${inner()})`,
    ])();
  if (index > 0 && often(2)) return `c${String(whole(0, index - 1))}`;
  const field = one(FIELDS);
  const condition = wildCondition(choices, field);
  return one([
    condition,
    `(has ${field} and ${condition})`,
    `(not has ${field} or ${condition})`,
    `(has ${one(FIELDS)} and ${condition})`,
    `has ${field}`,
  ]);
}

function wildCondition({ one }: Choices, field: string): string {
  const literal = (): string =>
    one(["1", "0.5", '"lab"', '"cc0"', '"2026-01-31"', "true", "25%", "limit", "mark"]);
  return one([
    `${field} ${one(["==", "!=", "<", "<=", ">", ">="])} ${literal()}`,
    `${field} ${one(["", "not "])}in ${one(["0..4", '"2025-01-01".."2026-01-31"', "-0.5..<0.5", "0..limit"])}`,
    `${field} ${one(["", "not "])}in { ${literal()}, ${literal()} }`,
    `${literal()} ${one(["", "not "])}in ${field}`,
    `${field} matches ${one(['"lab/*"', "mark"])}`,
    "sample 50%",
  ]);
}

function wildBound({ one }: Choices, band: () => string, cohort: () => string): string {
  const metric = one([
    `entropy(${band()})`,
    `entropy(${band()}, weights)`,
    `entropy(${band()}, gradient)`,
    `gradient_norm(${band()})`,
    `update_ratio(${band()})`,
    `dead_units(${band()})`,
    `influence(${cohort()}, ${band()})`,
    `loss(${cohort()})`,
    `loss_gap(${cohort()}, ${cohort()})`,
  ]);
  const lasting = one(["", " for 2 steps", " for 1 epoch", " for 3 examples"]);
  const action = (): string =>
    one([
      "log",
      "warn",
      "halt",
      "skip step",
      `freeze ${band()}${lasting}`,
      `attenuate ${band()} to ${one(["50%", "0", "share"])}${lasting}`,
      `amplify ${band()} to 2${lasting}`,
      `clip ${band()} at 0.5${lasting}`,
      `block ${cohort()} -> ${band()}${lasting}`,
    ]);
  const ladder = (): string =>
    one([action(), `${action()} then ${action()} after ${one(["1 step", "2 steps", "1 epoch"])}`]);
  const range = one(["in 0.1..0.9", "in 0..<2", "<= 1", ">= 0.2", "in 0..limit"]);
  const over = one(["", " over 1 step", " over 3 steps", " over 1 epoch", " over 4 examples"]);
  const arms = one([
    `outside => ${ladder()}`,
    `below => ${ladder()} above => ${ladder()}`,
    `above => ${ladder()}`,
    `below => ${ladder()}`,
  ]);
  return `bound ${metric} ${range}${over} { ${arms} }`;
}
