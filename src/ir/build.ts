import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CheckedPolicy, Policy } from "../check/policy.ts";
import type { SourceMap } from "../source/text.ts";
import { canonicalJson } from "./canonical.ts";
import type { Ir } from "./ir.ts";

const COMPILER = "strata-gov 0.1";

/** The IR of a policy; the same texts give the same bytes. Its digests are worked out when they are first asked for. */
export function buildIr(policy: CheckedPolicy, sources: SourceMap): Ir {
  let digest: string | undefined;
  let digested: Ir["sources"] | undefined;
  return {
    irVersion: 1,
    compiler: COMPILER,
    get digest() {
      return (digest ??= digestMeaning(policy));
    },
    policy,
    get sources() {
      return (digested ??= digestSources(sources));
    },
  };
}

function digestSources(sources: SourceMap): Ir["sources"] {
  return [...sources]
    .map(([path, text]) => ({ path, sha256: bytesToHex(sha256(utf8ToBytes(text))) }))
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

export function digestMeaning(policy: Policy): string {
  return bytesToHex(sha256(meaningBytes(policy)));
}

/**
 * The policy in canonical JSON (RFC 8785) without places and documentation, and with its declarations in one order:
 * neither layout, comments nor the order of declarations change it.
 */
export function meaningBytes(policy: Policy): Uint8Array {
  const meaning = withoutPlaces(policy);
  return utf8ToBytes(inOneOrder(meaning as Readonly<Record<string, unknown>>));
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

/** Lists of declarations, of the policy and of its parts, are sets; a network's layers keep their order. */
function inOneOrder(policy: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(policy)
    .filter(([, part]) => part !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, part]) => `${canonicalJson(name)}:${partInOneOrder(name, part)}`);
  return `{${members.join(",")}}`;
}

function partInOneOrder(name: string, part: unknown): string {
  if (Array.isArray(part)) return `[${part.map(canonicalJson).sort().join(",")}]`;
  if (name === "example" || name === "provenance")
    return inOneOrder(part as Readonly<Record<string, unknown>>);
  return canonicalJson(part);
}

/** The fields of a test's example are the user's own names, `span` perhaps among them. */
function isGivenFields(key: string, member: unknown): boolean {
  return key === "fields" && !Array.isArray(member);
}
