import type { ShowPlace } from "../../lower/tfjs/print.ts";
import { sayAction, sayBound, sayShare } from "../../lower/words.ts";
import {
  coverageRatio,
  type Coverage,
  type CoveredDecision,
  type CoveredMove,
} from "../../reason/coverage.ts";
import { showExample } from "../../ide/tell/witness.ts";

export interface CoverageCount {
  readonly covered: number;
  readonly total: number;
  /** 1 where there is nothing to cover. */
  readonly ratio: number;
}

export function countCoverage(coverages: readonly Coverage[]): CoverageCount {
  const parts = coverages.flatMap(({ decisions, moves }) => [...decisions, ...moves]);
  const covered = parts.filter(({ isCovered }) => isCovered).length;
  return { covered, total: parts.length, ratio: coverageRatio(coverages) };
}

/** `5 of 7 (71.4%)`. */
export function sayCoverage({ covered, total, ratio }: CoverageCount): string {
  return total === 0 ? "nothing to cover" : `${covered} of ${total} (${sayShare(ratio)})`;
}

/** One line for each decision and each move that no test looks at. */
export function tellUncovered({ decisions, moves }: Coverage, showPlace: ShowPlace): readonly string[] {
  return [
    ...decisions.filter(({ isCovered }) => !isCovered).map((decision) => tellDecision(decision, showPlace)),
    ...moves.filter(({ isCovered }) => !isCovered).map((move) => tellMove(move, showPlace)),
  ];
}

function tellDecision(
  { cell, inside, outside, example, rules }: CoveredDecision,
  showPlace: ShowPlace,
): string {
  const bands = [...cell].filter((band) => band !== "all");
  const where = bands.length === 1 ? (bands[0] ?? "") : `where ${bands.join(" and ")} overlap`;
  const groups = [
    ...(inside.length === 0 ? [] : [`in ${inside.join(", ")}`]),
    ...(outside.length === 0 ? [] : [`not in ${outside.join(", ")}`]),
  ];
  const shown = example && showExample(example);
  const places = rules.map(({ span }) => showPlace(span));
  return [
    `${where}: ${groups.length === 0 ? "every example" : `examples ${groups.join(" and ")}`}`,
    ...(shown === undefined ? [] : [`for instance ${shown}`]),
    places.length === 0 ? "the default" : places.join(", "),
  ].join("  ");
}

function tellMove({ bound, arm, move }: CoveredMove, showPlace: ShowPlace): string {
  const what =
    move.kind === "opened"
      ? `${arm.side} => ${sayAction(move.step.action)} is never done`
      : `${arm.side} never comes back inside`;
  return `${sayBound(bound)}: ${what}  ${showPlace(move.kind === "opened" ? move.step.span : arm.span)}`;
}
