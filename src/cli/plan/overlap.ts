import { showExample } from "../../ide/tell/witness.ts";
import { sayMany } from "../../lower/words.ts";
import type { CohortOverlap, CohortPair, Relation } from "../../reason/overlap.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import type { Colors } from "../terminal.ts";

/** How cohorts lie to each other, for people: a relation at a time, each pair with an example that shows it. */
export function showOverlap(
  { cohorts, empty, dynamic, pairs }: CohortOverlap,
  { colors, policyName }: { readonly colors: Colors; readonly policyName: string },
): string {
  const told = pairs.map(turned);
  const having = (relation: Relation): readonly CohortPair[] =>
    told.filter((pair) => pair.relation === relation);
  const sections = [
    [
      colors.bold(`cohorts of ${policyName}, two and two, over every example that the schema admits`),
      `${sayMany(cohorts.length, "cohort")}, ${sayMany(pairs.length, "pair")}`,
    ],
    ...RELATIONS.map(({ relation, heading, tell }) =>
      section(colors.bold(heading), having(relation).flatMap(tell)),
    ),
    section(colors.bold("disjoint (no example is in both)"), listDisjoint(cohorts, having("disjoint"))),
    section(colors.bold("empty (no example that the schema admits)"), empty),
    section(colors.bold("left to the run (they read loss, entropy, epoch or step)"), dynamic),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(escapeLine).join("\n"))
    .join("\n\n")}\n`;
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)];
}

interface Told {
  readonly relation: Relation;
  readonly heading: string;
  readonly tell: (pair: CohortPair) => readonly string[];
}

const RELATIONS: readonly Told[] = [
  {
    relation: "equal",
    heading: "equal (they hold the same examples)",
    tell: ({ left, right }) => [`${left} = ${right}`],
  },
  {
    relation: "inside",
    heading: "inside (all of one is in the other)",
    tell: ({ left, right, examples }) => [
      `${left} in ${right}`,
      ...exampleLine(`only in ${right}`, examples.rightOnly),
    ],
  },
  {
    relation: "overlapping",
    heading: "overlapping (some examples are in both, and each has its own)",
    tell: ({ left, right, examples }) => [`${left}, ${right}`, ...exampleLine("in both", examples.both)],
  },
  {
    relation: "undecided",
    heading: "undecided (it took too long to tell)",
    tell: ({ left, right }) => [`${left}, ${right}`],
  },
];

/** What holds the other is told from the side of the other. */
function turned(pair: CohortPair): CohortPair {
  if (pair.relation !== "around") return pair;
  const { left, right, examples } = pair;
  const { both, leftOnly } = examples;
  return {
    ...{ left: right, right: left, relation: "inside" },
    examples: { ...(both && { both }), ...(leftOnly && { rightOnly: leftOnly }) },
  };
}

function exampleLine(where: string, example: CohortPair["examples"]["both"]): readonly string[] {
  const shown = example && showExample(example);
  return shown === undefined ? [] : [`    ${where}: ${shown}`];
}

/** With each cohort those after it that share nothing with it: such pairs are many, and there is nothing to show. */
function listDisjoint(cohorts: readonly string[], disjoint: readonly CohortPair[]): readonly string[] {
  return cohorts.flatMap((cohort) => {
    const others = disjoint.filter(({ left }) => left === cohort).map(({ right }) => right);
    return others.length === 0 ? [] : [`${cohort}: ${others.join(", ")}`];
  });
}

/** Names and values of a policy may hold anything; the colours of the headings are our own. */
function escapeLine(line: string): string {
  return line.startsWith("  ") ? escapeControls(line) : line;
}
