import type { CheckedPolicy } from "../../check/policy.ts";
import type { PolicyDifference } from "../../reason/diff/difference.ts";
import type { Showing } from "../diagnostics/pretty.ts";

/** Two policies with how they differ: what every format shows. */
export interface Compared {
  readonly difference: PolicyDifference;
  readonly before: ComparedSide;
  readonly after: ComparedSide;
}

export interface ComparedSide {
  /** As the reader would write its path. */
  readonly shown: string;
  readonly policy: CheckedPolicy;
  readonly showing: Showing;
}
