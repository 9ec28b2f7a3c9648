import type { CheckedPolicy } from "../check/policy.ts";

/** The compiled form of a policy: what it means, with the digest of that meaning and of every text it came from. */
export interface Ir {
  readonly irVersion: 1;
  readonly compiler: string;
  /** SHA-256 in hex of `meaningBytes`: the same for policies that mean the same, whatever their layout, comments and order. */
  readonly digest: string;
  readonly policy: CheckedPolicy;
  /** Every file that was compiled, by path. */
  readonly sources: readonly SourceDigest[];
}

export interface SourceDigest {
  readonly path: string;
  /** SHA-256 in hex of the text in UTF-8. */
  readonly sha256: string;
}
