import type { Policy } from "../../check/policy.ts";
import type { BandExtents, NetworkShape } from "../../model/network.ts";

/** The two policies to be compared, in one order of time. */
export interface PolicyPair {
  readonly before: Policy;
  readonly after: Policy;
  /** A network that both fit, where one is at hand; without one, bands are compared by what their selectors say. */
  readonly network?: {
    readonly shape: NetworkShape;
    readonly before: BandExtents;
    readonly after: BandExtents;
  };
}
