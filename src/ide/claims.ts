/** What became of a claim, and which lines it rests on. */
import type { CheckedPolicy, Claim, RouteRule } from "../check/policy.ts";
import { decideClaim } from "../reason/claims.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Draft } from "./draft.ts";

export interface ClaimStanding {
  readonly claim: Claim;
  readonly verdict: "proved" | "refuted" | "left to the run";
  /** What the compiler says about it, where it is not proved. */
  readonly diagnostic?: Diagnostic;
}

/** The claims that a declaration makes, one for each of its bands; none while the policy has other errors. */
export function claimsOf(span: Span, { compilation }: Draft): readonly ClaimStanding[] {
  const { policy, diagnostics } = compilation;
  const own = (policy?.claims ?? []).filter((claim) => claim.via.length === 0 && isSame(claim.span, span));
  const said = diagnostics.filter(
    ({ code, labels }) => (code === "GOV5001" || code === "GOV5002") && isSame(labels[0].span, span),
  );
  return own.map((claim) => {
    const name = `\`${claim.claim} ${claim.cohort} -> ${claim.band}\``;
    const diagnostic = said.find(({ message }) => message.startsWith(name));
    if (diagnostic === undefined) return { claim, verdict: "proved" };
    return { claim, verdict: diagnostic.code === "GOV5001" ? "refuted" : "left to the run", diagnostic };
  });
}

/** Beyond so many rules, what a proof rests on is not looked for. */
const MOST_RULES = 40;

/**
 * Rules without which a proved claim would not be, as few as leaving them out one by one finds; undefined where too
 * many bear on it.
 */
export function restsOn(claim: Claim, policy: CheckedPolicy, draft: Draft): readonly RouteRule[] | undefined {
  const cells = draft.cells().filter((cell) => cell.has(claim.band));
  const bears = ({ band, weight }: RouteRule): boolean =>
    cells.some((cell) => cell.has(band)) && (claim.claim === "always" || weight === 0);
  const bearing = policy.rules.filter(bears);
  if (bearing.length > MOST_RULES) return undefined;
  const others = policy.rules.filter((rule) => !bears(rule));
  return bearing.reduce<readonly RouteRule[]>((kept, rule) => {
    const without = kept.filter((candidate) => candidate !== rule);
    const verdict = decideClaim(claim, { ...policy, rules: [...others, ...without] }, draft.bands());
    return verdict.kind === "proved" ? without : kept;
  }, bearing);
}

function isSame(left: Span, right: Span): boolean {
  return left.file === right.file && left.start === right.start;
}
