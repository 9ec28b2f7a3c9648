import type { CheckedPolicy } from "../../check/policy.ts";
import { sayMany } from "../../lower/words.ts";
import type { PolicyDifference, Verdict } from "../../reason/diff/difference.ts";
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
  /** The policy's key among the files. */
  readonly entry: string;
  readonly policy: CheckedPolicy;
  readonly showing: Showing;
  readonly role: "policy" | "module";
  /** Whether there is no such policy, and what is in force without one stands for it. */
  readonly isAbsent: boolean;
}

/** Of several comparisons together: looser here and stricter there is `different`. */
export function joinVerdicts(all: readonly Compared[]): Verdict {
  const [verdict = "equivalent", ...others] = new Set(
    all.map(({ difference }) => difference.verdict).filter((one) => one !== "equivalent"),
  );
  return others.length === 0 ? verdict : "different";
}

/** Those in which something changes. */
export function withChanges(all: readonly Compared[]): readonly Compared[] {
  return all.filter(({ difference }) => difference.verdict !== "equivalent");
}

/** `4 policies and 1 module compared: 1 looser, 4 equivalent`. */
export function countVerdicts(all: readonly Compared[]): string {
  const counts = VERDICTS.flatMap((verdict) => {
    const count = all.filter(({ difference }) => difference.verdict === verdict).length;
    return count === 0 ? [] : [`${String(count)} ${verdict}`];
  });
  const parts = counts.length === 0 ? "" : `: ${counts.join(", ")}`;
  const ofRole = (wanted: ComparedSide["role"]): number =>
    all.filter(({ after }) => after.role === wanted).length;
  const [policies, modules] = [ofRole("policy"), ofRole("module")];
  const subjects = [
    ...(policies > 0 || modules === 0 ? [sayMany(policies, "policy", "policies")] : []),
    ...(modules > 0 ? [sayMany(modules, "module")] : []),
  ];
  return `${subjects.join(" and ")} compared${parts}`;
}

const VERDICTS: readonly Verdict[] = ["looser", "different", "stricter", "equivalent"];
