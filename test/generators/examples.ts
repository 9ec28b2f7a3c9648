/** Random schemas, conditions on their fields that are rightly typed, and examples that they admit. */
import type { Choices } from "../gradients/exactness/choices.ts";
import type { OracleExample } from "../oracle/interpreter.ts";

type Value = string | number | boolean | readonly string[];

export interface DrawnField {
  readonly name: string;
  /** `int in 0..9` */
  readonly type: string;
  readonly optional: boolean;
  readonly draw: (choices: Choices) => Value;
  /** A condition on the field where it is present. */
  readonly condition: (choices: Choices) => string;
}

/** Fields over which conditions may name the params `limit: int`, `mark: string` and `since: date`. */
export function drawFields(choices: Choices): readonly DrawnField[] {
  const low = choices.whole(0, 3);
  const high = choices.whole(low, 9);
  return FIELDS.map((field) => ({ ...field, optional: field.optional && choices.often(5) })).map((field) =>
    field.name === "label"
      ? {
          ...field,
          type: choices.often(3) ? `int in ${low}..<${high + 1}` : `int in ${low}..${high}`,
          draw: ({ whole }) => whole(low, high),
        }
      : field,
  );
}

export function schemaOf(fields: readonly DrawnField[]): string {
  const lines = fields.map(({ name, type, optional }) => {
    const [bare, range] = type.split(" in ");
    return `  ${name}: ${bare}${optional ? "?" : ""}${range === undefined ? "" : ` in ${range}`}`;
  });
  return `example {\n${lines.join("\n")}\n}`;
}

export function drawExample(fields: readonly DrawnField[], choices: Choices): OracleExample {
  const present = fields.filter(({ optional }) => !optional || choices.often(6));
  return Object.fromEntries(present.map(({ name, draw }) => [name, draw(choices)]));
}

/** Guarded where the field may be absent. */
export function drawCondition(fields: readonly DrawnField[], choices: Choices): string {
  const field = fields[choices.whole(0, fields.length - 1)];
  if (field === undefined) return "all";
  const condition = field.condition(choices);
  if (!field.optional) return condition;
  return choices.one([
    `(has ${field.name} and ${condition})`,
    `(not has ${field.name} or ${condition})`,
    `has ${field.name}`,
  ]);
}

const ORDERS = ["==", "!=", "<", "<=", ">", ">="] as const;

function negation({ one }: Choices): string {
  return one(["", "not "]);
}

const FIELDS: readonly DrawnField[] = [
  {
    name: "id",
    type: "string",
    optional: false,
    draw: ({ whole, one }) => `${one(["a", "b/", "c/d/"])}${whole(0, 30)}`,
    condition: ({ one, whole }) =>
      one([
        `sample ${one(["10%", "50%", "share", "0%", "100%"])}`,
        `sample ${one(["25%", "60%"])} seed ${whole(0, 3)}`,
        `id matches "${one(["a*", "**/?", "*/*", "??", "**/d/**", "c/**/1", "*"])}"`,
        `id == "a1"`,
      ]),
  },
  {
    name: "label",
    type: "int in 0..9",
    optional: false,
    draw: ({ whole }) => whole(0, 9),
    condition: (choices) => {
      const { one, whole } = choices;
      const low = whole(0, 8);
      return one([
        `label ${one(ORDERS)} ${one([String(whole(0, 9)), "limit", "4.5", "-1"])}`,
        `label ${negation(choices)}in ${low}${one(["..", "..<"])}${whole(low + 1, 9)}`,
        `label ${negation(choices)}in { ${whole(0, 9)}, ${whole(0, 9)}, limit }`,
      ]);
    },
  },
  {
    name: "score",
    type: "float in -1.0..1.0",
    optional: true,
    draw: ({ one }) => one([-1, -0.5, 0, 0.1, 0.25, 0.5, 1]),
    condition: (choices) =>
      choices.one([
        `score ${choices.one(ORDERS)} ${choices.one(["0.5", "-0.5", "25%", "1e-1"])}`,
        `score ${negation(choices)}in -0.5..${choices.one(["", "<"])}0.5`,
      ]),
  },
  {
    name: "licence",
    type: 'enum("cc0", "cc-by", "closed")',
    optional: true,
    draw: ({ one }) => one(["cc0", "cc-by", "closed"]),
    condition: (choices) =>
      choices.one([
        `licence ${choices.one(["==", "!="])} "cc0"`,
        `licence ${negation(choices)}in { "cc-by", "closed" }`,
        `licence matches "cc*"`,
      ]),
  },
  {
    name: "flagged",
    type: "bool",
    optional: true,
    draw: ({ often }) => often(5),
    condition: ({ one }) => `flagged ${one(["==", "!="])} ${one(["true", "false"])}`,
  },
  {
    name: "tags",
    type: "set<string>",
    optional: true,
    draw: ({ often }) => ["pii", "draft", "red"].filter(() => often(4)),
    condition: (choices) => `${choices.one(['"pii"', '"draft"', '"none"'])} ${negation(choices)}in tags`,
  },
  {
    name: "source",
    type: "string",
    optional: true,
    draw: ({ one }) => one(["", "lab", "lab/1", "lab/x/1", "web/é", "a.b"]),
    condition: ({ one }) =>
      one([
        `source matches "${one(["lab/*", "lab/**", "**/1", "*.?", "web/?", "lab/**/1", ""])}"`,
        `source == mark`,
        `source matches mark`,
        `source not in { mark, "lab" }`,
      ]),
  },
  {
    name: "seen",
    type: 'date in "2025-01-01".."2026-12-31"',
    optional: true,
    draw: ({ one }) => one(["2025-01-01", "2025-12-31", "2026-01-31", "2026-12-31"]),
    condition: (choices) =>
      choices.one([
        `seen ${choices.one(ORDERS)} ${choices.one(['"2026-01-31"', "since"])}`,
        `seen ${negation(choices)}in since..${choices.one(["", "<"])}"2026-12-31"`,
      ]),
  },
];
