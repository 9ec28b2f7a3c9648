/** A random policy, and what a few edits made of it. */
import type fc from "fast-check";
import { chosen, type Choices } from "../gradients/exactness/choices.ts";
import { drawFinitePolicy, weight, window, type FinitePolicy } from "./finite-policies.ts";
import { shuffle } from "./policies.ts";

export interface PolicyPair {
  readonly before: string;
  readonly after: string;
  readonly drawn: FinitePolicy;
  /** Whether a band says something else, so that without a network not all is known of what bands share. */
  readonly redefinesBands: boolean;
}

/** The edits may break the later policy: a band without parameters, bands in a circle. */
export function policyPairs(): fc.Arbitrary<PolicyPair> {
  return chosen((choices) => {
    const drawn = drawFinitePolicy(choices);
    const { whole, list, one } = choices;
    const scene = { choices, hasTime: drawn.moments.length > 1 };
    const ruled = [...drawn.text.split(/\n(?=[a-z])/), ...list(0, 2, () => detach(scene, drawn.text))];
    let edited: readonly string[] = ruled;
    for (let count = whole(0, 3); count > 0; count -= 1)
      edited = one<Edit>([remove, add, add, replace, cohort, cohort, band, schema, shuffled])(edited, scene);
    const bands = (lines: readonly string[]): string =>
      lines
        .filter((line) => line.startsWith("band "))
        .toSorted()
        .join("\n");
    return {
      before: ruled.join("\n"),
      after: edited.join("\n"),
      drawn,
      redefinesBands: bands(ruled) !== bands(edited),
    };
  });
}

interface Scene {
  readonly choices: Choices;
  /** Else nothing happens in time, and only the first moment is tried. */
  readonly hasTime: boolean;
}

type Edit = (lines: readonly string[], scene: Scene) => readonly string[];

const remove: Edit = (lines, { choices }) => editOne(lines, isRule, choices, () => []);

const add: Edit = (lines, scene) => [...lines, rule(scene, lines.join("\n"))];

const replace: Edit = (lines, scene) =>
  editOne(lines, isRule, scene.choices, () => [rule(scene, lines.join("\n"))]);

/** Another cohort under the same name, which asks of no later one so that none asks of itself. */
const cohort: Edit = (lines, { choices }) =>
  editOne(lines, isOf("cohort c"), choices, (line) => {
    const [head, predicate] = split(line);
    const other = `c${String(choices.whole(0, Math.max(0, Number(/c(\d)/.exec(head)?.[1] ?? 1) - 1)))}`;
    const isFirst = head.includes("c0");
    return [
      `${head}= ${choices.one([`not (${predicate})`, isFirst ? "all" : other, isFirst ? "not all" : `(${predicate}) and ${other}`, isFirst ? predicate : `(${predicate}) or not ${other}`])}`,
    ];
  });

const band: Edit = (lines, { choices }) =>
  editOne(lines, isOf("band b"), choices, (line) => {
    const [head, selector] = split(line);
    const other = one(choices, namesOf("band", lines.join("\n")));
    return [
      `${head}= ${choices.one([`(${selector}) & ${other}`, `(${selector}) | ${other}`, `(${selector}) - ${other}`, `all - (${selector})`, other])}`,
    ];
  });

/** Fewer values, one that may be absent or no longer, a field that nobody asks about. */
const schema: Edit = (lines, { choices }) =>
  editOne(lines, isOf("example"), choices, (line) => [
    choices.one([
      line.replace("label: int in 0..3", "label: int in 1..3"),
      line.replace('"closed")', '"closed", "other")'),
      // The field that nobody asks about stays one that may be absent: no example that was drawn has it.
      line.replace(/(?<!extra: string)\?/, ""),
      line.replace("steps in 1..3", "int in 1..2"),
      line.replace('set<enum("x", "y")>', 'set<enum("x", "z")>'),
      line.replace("}", " extra: string? }"),
    ]),
  ]);

const shuffled: Edit = (lines, { choices }) => shuffle(choices, lines);

function rule(scene: Scene, text: string): string {
  const { choices, hasTime } = scene;
  const within = hasTime ? window(choices) : "";
  const subject = one(choices, ["all", ...namesOf("cohort", text)]);
  const target = one(choices, ["all", ...namesOf("band", text)]);
  return choices.one([
    `route ${subject} -> ${target}: ${weight(choices)}${within}`,
    `route ${subject} -> ${target}: ${weight(choices)}${within}`,
    detach(scene, text),
  ]);
}

function detach({ choices, hasTime }: Scene, text: string): string {
  const within = hasTime ? window(choices) : "";
  return `detach ${one(choices, ["all", ...namesOf("cohort", text)])} at ${one(choices, namesOf("band", text))}${within}`;
}

function namesOf(kind: string, text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^${kind} (\\w+) =`, "gm"))].map(([, name]) => name ?? "all");
}

function one({ whole }: Choices, names: readonly string[]): string {
  return names[whole(0, names.length - 1)] ?? "all";
}

function editOne(
  lines: readonly string[],
  isMeant: (line: string) => boolean,
  { whole }: Choices,
  edit: (line: string) => readonly string[],
): readonly string[] {
  const meant = lines.filter(isMeant);
  const line = meant[whole(0, Math.max(0, meant.length - 1))];
  return line === undefined ? lines : lines.flatMap((other) => (other === line ? edit(line) : [other]));
}

function isRule(line: string): boolean {
  return /^(?:route|detach|apply|never|always) /.test(line);
}

function isOf(start: string): (line: string) => boolean {
  return (line) => line.startsWith(start);
}

function split(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1).trim()];
}
