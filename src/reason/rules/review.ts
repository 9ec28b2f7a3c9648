/** What a careful reader would ask about a policy that has no errors: one rule per file, all of them in this table. */
import type { BoundPolicy } from "../../bind/bind.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { Grounds } from "../grounds.ts";
import { findIdleActions, findMisdirectedSteering } from "./actions.ts";
import { findActionsAfterHalt } from "./after-halt.ts";
import { findUnattainableBounds, findVacuousBounds } from "./bounds.ts";
import { findExtremeCohorts } from "./cohort-reach.ts";
import { findDecidedComparisons } from "./comparisons.ts";
import { createReview, type ReviewRule } from "./context.ts";
import { findContradictions } from "./contradictions.ts";
import { findDetachesWithoutEffect } from "./detaches-without-effect.ts";
import { findOddNames } from "./naming.ts";
import { findOverlappingBands } from "./overlapping-bands.ts";
import { findRepeatedLines } from "./repeated-lines.ts";
import { findRepeatedPredicates } from "./repeated-predicates.ts";
import { findRepeatedRequirements } from "./requirements.ts";
import { findRoutesWithoutEffect } from "./routes-without-effect.ts";
import { findStarvedBands } from "./starved-bands.ts";
import { findStarvedLayers } from "./starved-layers.ts";
import { findRepeatedTitles } from "./test-titles.ts";
import { findIdleTraces } from "./traces.ts";
import { findUnusedNames } from "./unused-names.ts";
import { findWeightsInDigits } from "./weight-words.ts";
import { findWindowsFromTheStart } from "./windows-from-the-start.ts";

const RULES: readonly ReviewRule[] = [
  findUnusedNames, // GOV2013
  findStarvedLayers, // GOV4014
  findOverlappingBands, // GOV4016
  findRoutesWithoutEffect, // GOV5003, GOV7003
  findDetachesWithoutEffect, // GOV5003
  findRepeatedLines, // GOV5003
  findExtremeCohorts, // GOV5004, GOV5005
  findDecidedComparisons, // GOV5006
  findVacuousBounds, // GOV5007
  findUnattainableBounds, // GOV5008
  findStarvedBands, // GOV5009
  findContradictions, // GOV5011
  findIdleActions, // GOV5012
  findActionsAfterHalt, // GOV5012
  findMisdirectedSteering, // GOV5013
  findIdleTraces, // GOV6003, GOV6004
  findRepeatedRequirements, // GOV6005
  findOddNames, // GOV7001
  findWeightsInDigits, // GOV7002
  findRepeatedTitles, // GOV7006
  findRepeatedPredicates, // GOV7007
  findWindowsFromTheStart, // GOV7008
];

/** Looks through a policy without errors for what is said in vain, cannot happen, or was hardly meant. */
export function review(grounds: Grounds, bound: BoundPolicy): readonly Diagnostic[] {
  const context = createReview(grounds, bound);
  return RULES.flatMap((rule) => rule(context));
}
