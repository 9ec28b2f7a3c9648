import type { Direction, PolicyPart } from "../../reason/diff/difference.ts";
import type { Span } from "../../source/span.ts";
import { sayMany } from "../../lower/words.ts";
import type { Compared, ComparedSide } from "./compared.ts";
import { tellNote, tellPart } from "./tell-part.ts";
import { tellDoubts, tellRuleset } from "./tell-ruleset.ts";
import { tellDetach, tellPlaces, tellWeight } from "./tell-rule.ts";
import type { Words } from "./words.ts";

/** What is said of how two policies differ, ready for any format. */
export interface ToldDifference {
  readonly sections: readonly ToldSection[];
  /** What could not be told. */
  readonly undecided: readonly Words[];
  /** `2 changes are looser, 1 is stricter`. */
  readonly count: string;
  /** Where the bands were compared. */
  readonly basis: string;
}

export interface ToldSection {
  readonly title: string;
  /** The looser ones first. */
  readonly changes: readonly ToldChange[];
}

export interface ToldChange {
  readonly direction: Direction;
  readonly title: Words;
  readonly facts: readonly ToldFact[];
  /** Lines of the policies, the earlier one's first. */
  readonly texts: readonly ToldText[];
  /** In the later policy, where it has a line of its own about this. */
  readonly place?: Span;
}

export interface ToldFact {
  readonly label: "example" | "was" | "now" | "gained" | "lost";
  readonly words: Words;
}

export interface ToldText {
  readonly sign: "-" | "+" | " ";
  /** Without the indentation that all its lines share. */
  readonly text: string;
  readonly place: string;
}

export function tellDifference(compared: Compared): ToldDifference {
  const { difference } = compared;
  const parts = (wanted: readonly PolicyPart[]): readonly ToldChange[] =>
    difference.parts.filter(({ part }) => wanted.includes(part)).map((change) => tellPart(change, compared));
  const sections = [
    {
      title: "weights (route: what the bands' own parameters learn)",
      changes: difference.weights.map((change) => tellWeight(change, compared)),
    },
    {
      title: "detach (flow: where the error of examples stops on the way to the input)",
      changes: difference.detaches.map((change) => tellDetach(change, compared)),
    },
    {
      title: "rulesets and profiles (what policies get that apply them)",
      changes: difference.rulesets.flatMap((change) => tellRuleset(change, compared)),
    },
    ...PARTS.map(({ title, of }) => ({ title, changes: parts(of) })),
    {
      title: DEFINITIONS[compared.after.role],
      changes: parts(["default", "param", "band", "cohort", "behavior"]),
    },
  ];
  const undecided: readonly Words[] = [
    ...difference.undecided.map(({ about, places, reason }) => [
      ...(places.length === 0 ? [] : [`${about} of `, ...tellPlaces(places), ": "]),
      ...tellNote(reason),
    ]),
    ...difference.rulesets.flatMap(tellDoubts),
  ];
  return {
    sections: sections
      .filter(({ changes }) => changes.length > 0)
      .map(({ title, changes }) => ({ title, changes: changes.toSorted(byDirection) })),
    undecided,
    count: countChanges(sections, undecided),
    basis:
      difference.network === undefined
        ? "bands were compared by what their selectors say, for no model is at hand that fits both policies"
        : `bands were compared over ${difference.network}`,
  };
}

const PARTS: readonly { readonly title: string; readonly of: readonly PolicyPart[] }[] = [
  { title: "bounds", of: ["bound"] },
  { title: "claims", of: ["claim"] },
  { title: "provenance", of: ["require", "verify", "trace", "retain", "attest"] },
  { title: "examples and model", of: ["field", "model"] },
];

const DEFINITIONS: Readonly<Record<ComparedSide["role"], string>> = {
  policy: "definitions (what they do to weights, bounds and claims is said there)",
  module: "definitions (what others do with them is not known)",
};

const ORDER: readonly Direction[] = ["looser", "different", "stricter", "none"];

function byDirection(left: ToldChange, right: ToldChange): number {
  return ORDER.indexOf(left.direction) - ORDER.indexOf(right.direction);
}

function countChanges(sections: readonly ToldSection[], undecided: readonly Words[]): string {
  const directions = sections.flatMap(({ changes }) => changes).map(({ direction }) => direction);
  const said = ORDER.flatMap((direction) => {
    const count = directions.filter((one) => one === direction).length;
    return count === 0 ? [] : [`${String(count)} ${DIRECTION_WORDS[direction]}`];
  });
  const doubt = undecided.length === 0 ? [] : [`${sayMany(undecided.length, "question")} not decided`];
  return [...said, ...doubt].join(", ");
}

/** How the direction of a change is said. */
export const DIRECTION_WORDS: Readonly<Record<Direction, string>> = {
  stricter: "stricter",
  looser: "looser",
  different: "different",
  none: "no effect",
};
