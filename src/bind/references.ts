import type { Name, PolicyFile } from "../syntax/ast.ts";
import { walk, type Node } from "../syntax/walk.ts";
import type { Definition } from "./symbols.ts";

export type ExpectedKind = Exclude<Definition["kind"], "all" | "parameter">;

/** A name that stands for something declared elsewhere, and what it may be there. */
export interface NameUse {
  readonly name: Name;
  readonly expected: readonly ExpectedKind[];
  /** Words of the language that may stand in the same place. */
  readonly words: readonly string[];
}

const NO_WORDS: readonly string[] = [];
const WEIGHTS: readonly string[] = ["block", "full"];

/** Every use of a name below a node, in the order of the text; fields of examples are not names of this kind. */
export function usesIn(node: Node | PolicyFile): readonly NameUse[] {
  const known = KNOWN.get(node);
  if (known !== undefined) return known;
  const anything = new Set<Node>();
  const weights = new Set<Node>();
  const uses: NameUse[] = [];
  walk(node, (inner) => {
    if ("weight" in inner) weights.add(inner.weight);
    if (inner.kind === "Argument" || inner.kind === "RulesetParameter") {
      const value = inner.kind === "Argument" ? inner.value : inner.defaultValue;
      if (value !== undefined) anything.add(value);
    }
    if (inner.kind === "Reference") {
      const expected: readonly ExpectedKind[] = anything.has(inner)
        ? ["param", "band", "cohort", "profile", "behavior"]
        : ["param"];
      uses.push({ name: inner.name, expected, words: weights.has(inner) ? WEIGHTS : NO_WORDS });
    }
    uses.push(...directUses(inner));
  });
  KNOWN.set(node, uses);
  return uses;
}

/** Trees do not change: what has been found below a node is asked for more than once, and again after the next edit. */
const KNOWN = new WeakMap<Node, readonly NameUse[]>();

function directUses(node: Node): readonly NameUse[] {
  const use = (expected: ExpectedKind, ...names: readonly Name[]): readonly NameUse[] =>
    names.map((name) => ({ name, expected: [expected], words: NO_WORDS }));
  switch (node.kind) {
    case "BandReference":
      return use("band", node.name);
    case "CohortReference":
      return use("cohort", node.name);
    case "ProfileEntry":
    case "EntropyMetric":
    case "BandMetric":
    case "FreezeAction":
    case "ScaleAction":
    case "ClipAction":
    case "SteerAction":
    case "ExpectWeight":
      return use("band", node.band);
    case "RouteToBands":
    case "DetachDeclaration":
    case "ClaimDeclaration":
      return [...use("cohort", node.cohort), ...use("band", ...node.bands)];
    case "RouteThroughProfile":
      return [...use("cohort", node.cohort), ...use("profile", node.profile)];
    case "InfluenceMetric":
    case "BlockAction":
      return [...use("cohort", node.cohort), ...use("band", node.band)];
    case "LossMetric":
    case "ExpectCohort":
      return use("cohort", node.cohort);
    case "LossGapMetric":
      return use("cohort", node.left, node.right);
    case "TraceClause":
      return [...use("band", ...node.bands), ...use("behavior", ...node.behaviors)];
    case "ApplyDeclaration":
      return use("ruleset", node.ruleset);
    default:
      return [];
  }
}
