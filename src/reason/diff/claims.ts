import type { Claim } from "../../check/policy.ts";
import type { Comparison } from "./comparison.ts";
import { placeOf, type PartChange } from "./difference.ts";

/** Claims that no longer hold a policy to as much, and new ones that hold it to more. */
export function compareClaims({
  before,
  after,
  relateBands,
  relateCohorts,
}: Comparison): readonly PartChange[] {
  const isImplied = (
    claim: Claim,
    by: readonly Claim[],
    loses: (claim: Claim, other: Claim) => boolean,
  ): boolean => by.some((other) => other.claim === claim.claim && !loses(claim, other));
  // Lost from an earlier claim is what a later one does not speak of, and gained the other way round.
  const isLost = (old: Claim, fresh: Claim): boolean =>
    relateBands(old.band, fresh.band).loses !== "nothing" ||
    relateCohorts(old.cohort, fresh.cohort).loses !== "nothing";
  const isGained = (fresh: Claim, old: Claim): boolean =>
    relateBands(old.band, fresh.band).gains !== "nothing" ||
    relateCohorts(old.cohort, fresh.cohort).gains !== "nothing";
  return [
    ...before.claims
      .filter((claim) => !isImplied(claim, after.claims, isLost))
      .map((claim): PartChange => ({
        ...claimPart,
        change: "removed",
        direction: "looser",
        before: placeOf(claim),
      })),
    ...after.claims
      .filter((claim) => !isImplied(claim, before.claims, isGained))
      .map((claim): PartChange => ({
        ...claimPart,
        change: "added",
        direction: "stricter",
        after: placeOf(claim),
      })),
  ];
}

const claimPart = { part: "claim", notes: [] } as const;
