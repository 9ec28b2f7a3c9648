import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CheckedPolicy, Policy } from "../check/policy.ts";
import type { SourceMap } from "../source/text.ts";
import { canonicalJson } from "./canonical.ts";
import type { Ir } from "./ir.ts";

const COMPILER = "strata-gov 0.1";

/** The IR of a policy; the same texts give the same bytes. */
export function buildIr(policy: CheckedPolicy, sources: SourceMap): Ir {
  return {
    irVersion: 1,
    compiler: COMPILER,
    digest: digestMeaning(policy),
    policy,
    sources: [...sources]
      .map(([path, text]) => ({ path, sha256: bytesToHex(sha256(utf8ToBytes(text))) }))
      .toSorted((left, right) => (left.path < right.path ? -1 : 1)),
  };
}

export function digestMeaning(policy: Policy): string {
  return bytesToHex(sha256(meaningBytes(policy)));
}

/** The policy in canonical JSON (RFC 8785) without places and documentation: layout and comments do not change it. */
export function meaningBytes(policy: Policy): Uint8Array {
  return utf8ToBytes(canonicalJson(withoutPlaces(policy)));
}

const PLACES = new Set(["span", "via", "documentation"]);

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !PLACES.has(key));
  return Object.fromEntries(
    entries.map(([key, member]) => [key, isGivenFields(key, member) ? member : withoutPlaces(member)]),
  );
}

/** The fields of a test's example are the user's own names, `span` perhaps among them. */
function isGivenFields(key: string, member: unknown): boolean {
  return key === "fields" && !Array.isArray(member);
}
