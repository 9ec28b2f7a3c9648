/** Mistakes about who is a member of what, and what that weighs: the table that all else goes by is wrong. */
import type { SegmentWeightTable } from "../assertions.ts";
import type { Mechanisms } from "../mechanisms.ts";
import type { Fault, Planting } from "./fault.ts";

type Members = (cohort: string) => Uint8Array;

export const COHORT_FAULTS: readonly Fault[] = [
  {
    name: "swapped cohorts",
    what: "two cohorts with rules of their own are taken for each other",
    needs: "rules of two cohorts that do not hold the same examples",
    plant: (planting) =>
      withMembers(planting, (members) => {
        const [one, other] = ruledCohorts(planting);
        if (one === undefined || other === undefined) return members;
        return (cohort) => members(cohort === one ? other : cohort === other ? one : cohort);
      }),
  },
  {
    name: "inverted cohort",
    what: "a cohort holds those that it should not, and not those that it should",
    needs: "a rule of a cohort other than `all`",
    plant: (planting) =>
      withMembers(planting, (members) => {
        const [one] = ruledCohorts(planting);
        return (cohort) => (cohort === one ? members(cohort).map((member) => 1 - member) : members(cohort));
      }),
  },
  {
    name: "metadata of the next example",
    what: "each example is judged by the metadata of the one after it",
    needs: "a rule that tells examples of a batch apart",
    plant: (planting) => withMembers(planting, (members) => (cohort) => turned(members(cohort))),
  },
  {
    name: "cohort of the previous batch",
    what: "the members of the batch before are used again",
    needs: "a rule that tells examples apart, in two batches of one size",
    plant: (planting: Planting): Mechanisms => {
      let before = new Map<string, Uint8Array>();
      return withMembers(planting, (members) => {
        const now = new Map(ruledCohorts(planting).map((cohort) => [cohort, members(cohort)]));
        const stale = before;
        before = now;
        return (cohort) => {
          const old = stale.get(cohort);
          const own = members(cohort);
          return old?.length === own.length ? old : own;
        };
      });
    },
  },
  {
    name: "allowance forgotten",
    what: "the weight of a rule between block and full is taken for full",
    needs: "a weight between 0 and 1",
    plant: (planting) => withTable(planting, (weight) => (weight > 0 && weight < 1 ? 1 : weight)),
  },
  {
    name: "block that leaks",
    what: "a hundredth of what is blocked gets through",
    needs: "a weight of 0",
    plant: (planting) => withTable(planting, (weight) => (weight === 0 ? 0.01 : weight)),
  },
  {
    name: "band off by one",
    what: "every layer gets the weights of the layer before it",
    needs: "two layers with different weights",
    plant: (planting) => ({
      ...planting.sound,
      weighSegments: (...given) => {
        const table = planting.sound.weighSegments(...given);
        const layers = [...new Set(planting.plan.parameters.map(({ layer }) => layer))];
        const moved = table.map((own, index) => {
          const parameter = planting.plan.parameters[index];
          const before = layers[layers.indexOf(parameter?.layer ?? "") - 1];
          const from = planting.plan.parameters.findIndex(({ layer }) => layer === before);
          const weights = from < 0 ? undefined : table[from];
          return weights?.[0] === undefined
            ? own
            : own.map((_, segment) => weights[segment] ?? weights[0] ?? 1);
        });
        return noticing(planting, table, moved);
      },
    }),
  },
];

/** Cohorts that the rules speak of, `all` left out. */
function ruledCohorts({ plan }: Planting): readonly string[] {
  return [...new Set(plan.rules.map(({ cohort }) => cohort))].filter((cohort) => cohort !== "all");
}

function withMembers(planting: Planting, distort: (members: Members) => Members): Mechanisms {
  const { sound, planted } = planting;
  return {
    ...sound,
    membersOf: (...given) => {
      const members = sound.membersOf(...given);
      const distorted = distort(members);
      const isWrong = ruledCohorts(planting).some((cohort) => {
        const own = members(cohort);
        return distorted(cohort).some((member, row) => member !== own[row]);
      });
      if (isWrong) planted();
      return distorted;
    },
  };
}

function withTable(planting: Planting, distort: (weight: number) => number): Mechanisms {
  const { sound } = planting;
  return {
    ...sound,
    weighSegments: (...given) => {
      const table = sound.weighSegments(...given);
      const wrong = table.map((segments) =>
        segments.map((weight) => (typeof weight === "number" ? distort(weight) : weight.map(distort))),
      );
      return noticing(planting, table, wrong);
    },
  };
}

function noticing(
  { planted }: Planting,
  right: SegmentWeightTable,
  wrong: SegmentWeightTable,
): SegmentWeightTable {
  if (!sameTable(right, wrong)) planted();
  return wrong;
}

function sameTable(left: SegmentWeightTable, right: SegmentWeightTable): boolean {
  return left.every((segments, index) =>
    segments.every((weight, segment) => sameWeight(weight, right[index]?.[segment])),
  );
}

function sameWeight(left: Float32Array | number, right: Float32Array | number | undefined): boolean {
  if (right === undefined) return false;
  if (typeof left === "number")
    return typeof right === "number" ? left === right : right.every((value) => value === Math.fround(left));
  return typeof right === "number"
    ? sameWeight(right, left)
    : left.every((value, row) => value === right[row]);
}

/** The last first: row r holds what belongs to row r + 1. */
export function turned<T extends Uint8Array | Float32Array>(rows: T): T {
  // Both have `map`, which keeps the type of the array.
  return rows.map((_, row) => rows[(row + 1) % rows.length] ?? 0) as T;
}
