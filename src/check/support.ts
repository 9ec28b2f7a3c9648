import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Action, CheckedPolicy } from "./policy.ts";

/**
 * What a policy says and a run of this version does not carry out: understood and checked, a warning here (GOV4013),
 * and refused where a run would otherwise pass it over. The tables are total, so that a new construct has to say which.
 */
export function unsupported(policy: CheckedPolicy): readonly Diagnostic[] {
  const found: { readonly what: string; readonly span: Span; readonly via?: readonly Span[] }[] = [];
  for (const bound of policy.bounds) {
    for (const { action, span } of bound.arms.flatMap((arm) => arm.ladder)) {
      if (ACTIONS[action.kind] !== CARRIED_OUT)
        found.push({ what: ACTIONS[action.kind], span, via: bound.via });
    }
  }
  const { provenance } = policy;
  if (provenance.verifyDigest) found.push({ what: "`verify digest`", span: provenance.verifyDigest.span });
  if (provenance.retain) found.push({ what: "`retain`", span: provenance.retain.span });
  return found.map(({ what, span, via = [] }) =>
    diagnose("GOV4013", span, `${what} is not yet carried out by a run of this version`, {
      related: via.toReversed().map((place) => ({ span: place, text: "applied here" })),
      help: "`gov run` and `gov plan` refuse the policy rather than pass over this line",
    }),
  );
}

const CARRIED_OUT = "";

const ACTIONS: Readonly<Record<Action["kind"], string>> = {
  log: CARRIED_OUT,
  warn: CARRIED_OUT,
  halt: CARRIED_OUT,
  skip: CARRIED_OUT,
  freeze: CARRIED_OUT,
  attenuate: CARRIED_OUT,
  amplify: CARRIED_OUT,
  clip: CARRIED_OUT,
  block: CARRIED_OUT,
  rollback: "`rollback`",
  steer: "`steer`",
};
