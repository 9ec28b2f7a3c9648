/**
 * The routing matrix of a policy before anything is trained: the weights that examples of each cohort have on each
 * band's parameters at one moment. Exact: a weight is listed where some example has it, and that example is shown.
 */
import type { Cohort, Predicate, RouteRule } from "../check/policy.ts";
import type { Cell } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { ExampleRecord } from "./example.ts";
import { memberOf } from "./formulas.ts";
import type { Grounds } from "./grounds.ts";
import { compileCohorts, type CohortTest } from "./predicate.ts";
import type { RunValues } from "./search.ts";
import { weightIs } from "./tests/weights.ts";
import { windowHolds } from "./windows.ts";

export interface RoutingMatrix {
  readonly bands: readonly string[];
  /** The last is of every example, whatever its cohorts. */
  readonly rows: readonly MatrixRow[];
  /** Cohorts that were left out, as there are too many. */
  readonly omitted: number;
}

export interface MatrixRow {
  readonly cohort: string;
  /** Whether only a run knows which examples it holds. */
  readonly isDynamic: boolean;
  readonly cells: readonly MatrixCell[];
}

export interface MatrixCell {
  readonly band: string;
  /** From the least on; none where no example can be in the cohort. */
  readonly weights: readonly PossibleWeight[];
  /** Whether there may be other weights, which could not be decided. */
  readonly isOpen: boolean;
}

/** A weight that some example of the cohort has on some parameter of the band. */
export interface PossibleWeight {
  readonly weight: number;
  readonly example: ExampleRecord;
  /** What only a run knows, where the example has the weight only then. */
  readonly run: RunValues;
  /** The rules in force that give the example this weight; none where it is the default, and no rule speaks. */
  readonly rules: readonly RouteRule[];
}

/** So many pairs of a cohort and a band are looked at. */
const MOST_PAIRS = 1_500;

export function findMatrix({ policy, cells: parts, search }: Grounds, moment: Clock): RoutingMatrix {
  const tests = compileCohorts(policy);
  const bands = policy.bands.map(({ name }) => name);
  const cells = parts.map((cell) => ({
    cell,
    rules: policy.rules.filter((rule) => cell.has(rule.band) && windowHolds(rule.window, moment)),
  }));
  const every: Pick<Cohort, "name" | "dynamic"> = { name: "all", dynamic: false };
  const most = Math.max(1, Math.floor(MOST_PAIRS / Math.max(1, bands.length)));
  const shown = [...policy.cohorts.slice(0, most), every];
  return {
    bands,
    rows: shown.map(({ name, dynamic }) => ({
      cohort: name,
      isDynamic: dynamic,
      cells: bands.map((band) => {
        const own = cells.filter(({ cell }) => cell.has(band));
        return { band, ...weightsOf(memberOf(name), own, { policy, moment, search, tests }) };
      }),
    })),
    omitted: Math.max(0, policy.cohorts.length - most),
  };
}

interface RuledCell {
  readonly cell: Cell;
  readonly rules: readonly RouteRule[];
}

interface Setting extends Pick<Grounds, "policy" | "search"> {
  readonly moment: Clock;
  readonly tests: ReadonlyMap<string, CohortTest>;
}

function weightsOf(
  member: Predicate,
  cells: readonly RuledCell[],
  { policy, moment, search, tests }: Setting,
): Pick<MatrixCell, "weights" | "isOpen"> {
  const standard = policy.defaultWeight.weight;
  const found = new Map<number, PossibleWeight>();
  let isOpen = false;
  for (const { rules } of cells) {
    for (const weight of new Set([...rules.map((rule) => rule.weight), standard])) {
      if (found.has(weight)) continue;
      const goal: Predicate = { kind: "and", operands: [member, weightIs(weight, rules, standard)] };
      const result = search.find(goal, { tries: "declared and dynamic", moment });
      if (result.kind === "undecided") isOpen = true;
      if (result.kind !== "found") continue;
      const { example, run } = result;
      const { step, epoch } = moment;
      const dynamic = { loss: Number.NaN, entropy: Number.NaN, ...run, step, epoch };
      const deciding = rules.filter(
        (rule) => rule.weight === weight && tests.get(rule.cohort)?.(example, dynamic) === true,
      );
      found.set(weight, { weight, example, run, rules: deciding });
    }
  }
  return { weights: [...found.values()].toSorted((left, right) => left.weight - right.weight), isOpen };
}
