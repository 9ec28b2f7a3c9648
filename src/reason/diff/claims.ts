import type { Claim } from "../../check/policy.ts";
import type { Comparison } from "./comparison.ts";
import { placeOf, type PartChange } from "./difference.ts";

/** Claims that no longer hold a policy to as much, and ones that hold it to more. */
export function compareClaims(comparison: Comparison): readonly PartChange[] {
  const { before, after } = comparison;
  // What other claims of the policy say as well is neither lost nor gained.
  const lost = before.claims.filter((old) => !after.claims.some((fresh) => covers(fresh, old, comparison)));
  const gained = after.claims.filter(
    (fresh) => !before.claims.some((old) => wasCovered(fresh, old, comparison)),
  );
  const told = [...lost, ...gained].map((claim) => nameOf(claim));
  return [...new Set(told)].flatMap((name) => {
    const isNamed = (claim: Claim): boolean => nameOf(claim) === name;
    return describe(name, [before.claims.find(isNamed), after.claims.find(isNamed)], {
      isLost: lost.some(isNamed),
      isGained: gained.some(isNamed),
    });
  });
}

function covers(fresh: Claim, old: Claim, { relateBands, relateCohorts }: Comparison): boolean {
  return (
    fresh.claim === old.claim &&
    relateBands(old.band, fresh.band).loses === "nothing" &&
    relateCohorts(old.cohort, fresh.cohort).loses === "nothing"
  );
}

function wasCovered(fresh: Claim, old: Claim, { relateBands, relateCohorts }: Comparison): boolean {
  return (
    fresh.claim === old.claim &&
    relateBands(old.band, fresh.band).gains === "nothing" &&
    relateCohorts(old.cohort, fresh.cohort).gains === "nothing"
  );
}

function nameOf({ claim, cohort, band }: Claim): string {
  return `${claim} ${cohort} -> ${band}`;
}

function describe(
  name: string,
  [old, fresh]: readonly [Claim | undefined, Claim | undefined],
  { isLost, isGained }: { readonly isLost: boolean; readonly isGained: boolean },
): readonly PartChange[] {
  const direction = isLost && isGained ? "different" : isLost ? "looser" : "stricter";
  const shared = { part: "claim", name, direction, notes: [] } as const;
  if (old !== undefined && fresh !== undefined) {
    const notes = [`it speaks of ${EXTENTS[direction]} than it did`];
    return [{ ...shared, change: "changed", notes, before: placeOf(old), after: placeOf(fresh) }];
  }
  if (old !== undefined) return [{ ...shared, change: "removed", before: placeOf(old) }];
  return fresh === undefined ? [] : [{ ...shared, change: "added", after: placeOf(fresh) }];
}

const EXTENTS = { looser: "less", stricter: "more", different: "something else" } as const;
