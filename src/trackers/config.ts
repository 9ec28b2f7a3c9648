/** What a run was set up with, as the configuration that tools show and compare by. */
import { sayBound } from "../lower/words.ts";
import type { TrackedRun } from "./tracker.ts";

/** Plain values, nested where they belong together. */
export function configOf({ id, ir, plan, environment }: TrackedRun): Readonly<Record<string, unknown>> {
  const policy = ir?.policy;
  return {
    run: id,
    policy: {
      name: policy?.name ?? plan?.policyName ?? null,
      version: policy?.version ?? null,
      digest: ir?.digest ?? plan?.policyDigest ?? null,
      bounds: policy?.bounds.map(sayBound) ?? [],
      claims: policy?.claims.map(({ claim, cohort, band }) => `${claim} ${cohort} -> ${band}`) ?? [],
    },
    param: Object.fromEntries(policy?.params.map(({ name, value }) => [name, value]) ?? []),
    bands: Object.fromEntries(plan?.bands.map(({ name, parameterCount }) => [name, parameterCount]) ?? []),
    seed: environment?.seed ?? null,
    backend: environment?.backend ?? null,
    versions: environment?.versions ?? {},
    commit: environment?.git?.commit ?? null,
    data: environment?.data ?? {},
  };
}
