import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { CheckedPolicy } from "./policy.ts";

/**
 * What a policy says and a run of this version does not carry out: understood and checked, a warning here (GOV4013),
 * and refused where a run would otherwise pass it over.
 */
export function unsupported(policy: CheckedPolicy): readonly Diagnostic[] {
  const found: { readonly what: string; readonly span: Span }[] = [];
  const { provenance } = policy;
  if (provenance.verifyDigest) found.push({ what: "`verify digest`", span: provenance.verifyDigest.span });
  return found.map(({ what, span }) =>
    diagnose("GOV4013", span, `${what} is not yet carried out by a run of this version`, {
      help: "`gov run` and `gov plan` refuse the policy rather than pass over this line",
    }),
  );
}
