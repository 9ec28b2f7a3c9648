/**
 * What carries out the parts of a step. Production has one set of them and never asks which it is; `audit/` replaces one
 * by a faulty one, to see whether `second-road/` notices.
 */
import { membersOf } from "./members.ts";
import { applyGated } from "./optimizer/gate.ts";
import { weighSegments } from "./segment-weights.ts";
import { governedGradients } from "./tape/gradients.ts";

export interface Mechanisms {
  /** Which examples a cohort holds. */
  readonly membersOf: typeof membersOf;
  /** What each example may teach each segment of each parameter. */
  readonly weighSegments: typeof weighSegments;
  /** The hooks on the tape: one forward and one backward pass under masks. */
  readonly governedGradients: typeof governedGradients;
  /** The update, and what holds it back. */
  readonly applyGated: typeof applyGated;
}

export const MECHANISMS: Mechanisms = { membersOf, weighSegments, governedGradients, applyGated };
