/** Random policies about metadata, and random rows for them: many that fit, and everything that may stand in a file. */
import type fc from "fast-check";
import { chosen, choicesFrom, type Choices } from "../gradients/exactness/choices.ts";

export interface DrawnManifest {
  readonly policy: string;
  /** By field: values as JSON has them, fields left out and nulls among them. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The same fields as texts, for CSV: other rows. */
  readonly texts: readonly Readonly<Record<string, string>>[];
  /** For Parquet, the type of each column, by field. */
  readonly types: Readonly<Record<string, string>>;
}

export function manifests(): fc.Arbitrary<DrawnManifest> {
  return chosen(drawManifest);
}

interface Column {
  readonly type: string;
  readonly optional: boolean;
  readonly fits: readonly [unknown, ...unknown[]];
  readonly conditions: readonly [string, ...string[]];
  /** What a Parquet file may make of it, the fitting one first. */
  readonly types: readonly [string, ...string[]];
}

const SHA = `sha256:${"0a".repeat(32)}`;

const COLUMNS: Readonly<Record<string, Column>> = {
  id: {
    ...{ type: "string", optional: false, types: ["VARCHAR", "VARCHAR", "BIGINT", "UUID"] },
    fits: ["a1", "b/2", "c/d/3", "it's", 'say "x"', "é😀", "two\nlines", " ", "a,b;c", "null", "'; --"],
    conditions: [
      "sample 50%",
      "sample 12.5% seed 7",
      'id matches "a*"',
      'id matches "**/?"',
      'id matches "?*"',
      'id matches "*\'*"',
      'id matches "c/**/*"',
      'id in { "it\'s", "é😀", "a1" }',
      'id != "say \\"x\\""',
    ],
  },
  label: {
    ...{
      type: "int in 0..9",
      optional: false,
      types: ["BIGINT", "INTEGER", "DOUBLE", "UTINYINT", "DECIMAL(9,2)", "VARCHAR"],
    },
    fits: [0, 1, 2, 5, 8, 9],
    conditions: ["label < 4.5", "label in 2..<8", "label not in { 0, 5 }", "label == 9", "label >= -1"],
  },
  score: {
    ...{ type: "float in -1.0..1.0", optional: true, types: ["DOUBLE", "FLOAT", "BIGINT", "DECIMAL(5,3)"] },
    fits: [-1, -0.5, -0, 0, 0.1, 0.25, 1e-3, 1],
    conditions: ["score < 0.25", "score in -0.5..0.1", "score == 0.1", "score != 0", "score > 10%"],
  },
  ratio: {
    ...{ type: "fraction", optional: true, types: ["DOUBLE", "VARCHAR"] },
    fits: [0, 0.3, 1],
    conditions: ["ratio >= 30%", "ratio not in 0..0.3"],
  },
  age: {
    ...{ type: "steps", optional: true, types: ["BIGINT", "UBIGINT", "DOUBLE"] },
    fits: [0, 3, 9007199254740991],
    conditions: ["age > 3", "age == 9007199254740991"],
  },
  licence: {
    ...{ type: `enum("cc0", "it's", "a\\"b", "é😀")`, optional: true, types: ["VARCHAR", "BIGINT"] },
    fits: ["cc0", "it's", 'a"b', "é😀"],
    conditions: ['licence == "it\'s"', 'licence not in { "cc0", "é😀" }', 'licence matches "*\\"*"'],
  },
  flagged: {
    ...{ type: "bool", optional: true, types: ["BOOLEAN", "INTEGER"] },
    fits: [true, false],
    conditions: ["flagged == true", "flagged != false"],
  },
  tags: {
    ...{ type: "set<string>", optional: true, types: ["VARCHAR[]", "BIGINT[]", "VARCHAR"] },
    fits: [[], ["pii"], ["pii", "it's"], ["é😀", "x y"]],
    conditions: ['"pii" in tags', '"it\'s" not in tags'],
  },
  sizes: {
    ...{ type: "set<int>", optional: true, types: ["BIGINT[]", "DOUBLE[]"] },
    fits: [[], [1], [1, 20], [-3]],
    conditions: ["1 in sizes", "20 not in sizes"],
  },
  source: {
    ...{ type: "string", optional: true, types: ["VARCHAR", "TIMESTAMP"] },
    fits: ["lab", "lab/1", "lab/x/1", "web/é", "a.b", "[x]", "2026-01-31T06:30:00.000Z"],
    conditions: [
      'source matches "lab/**"',
      'source matches "*.?"',
      'source matches "[x]"',
      'source == "web/é"',
      'source matches ""',
    ],
  },
  taken: {
    ...{
      type: 'date in "2025-01-01".."2026-12-31"',
      optional: true,
      types: ["DATE", "TIMESTAMP", "VARCHAR"],
    },
    fits: ["2025-01-01", "2026-01-31", "2026-12-31"],
    conditions: ['taken < "2026-01-31"', 'taken in "2026-01-31".."2026-12-31"'],
  },
  sha: {
    ...{ type: "digest", optional: true, types: ["VARCHAR"] },
    fits: [SHA],
    conditions: [`sha == "${SHA}"`, "has sha"],
  },
};

/** What may stand anywhere. */
const WILD: readonly [unknown, ...unknown[]] = [
  null,
  ...[
    "",
    " ",
    "3",
    "true",
    "NaN",
    "it's",
    "2026-02-30",
    "2024-02-29",
    "2026-1-31",
    "-0",
    "sha256:00",
    "\t7 ",
  ],
  ...[-1, 10, 3.5, 1e300, -2, 9007199254740992, 2 ** 60, 0.30000000000000004, true, false],
  ...[[], ["pii", 1], [1, null], [true], [["a"]], ["1.5"], [0.5], {}, { a: 1 }],
];

const WILD_TEXTS: readonly [string, ...string[]] = [
  ...([
    "",
    "",
    " ",
    "7",
    " 7 ",
    "+7",
    "7.",
    ".5",
    "-.5e1",
    "1e3",
    "1e-3",
    "0x7",
    "1,5",
    "--7",
    "NaN",
    "inf",
  ] as const),
  ...[
    "True",
    "FALSE",
    " true ",
    "yes",
    "1e999",
    "-0",
    "9007199254740993",
    "2026-01-31 ",
    "2026-02-30",
    "null",
  ],
  ...[
    "pii",
    "pii;x y",
    " pii ; it's;;",
    '["pii"]',
    ' ["pii", 1]',
    "[1, 20]",
    "[",
    "[null]",
    "1;20",
    "{}",
    "[[1]]",
  ],
];

function drawManifest(choices: Choices): DrawnManifest {
  const { one, often, whole } = choices;
  const names = Object.keys(COLUMNS).filter((name) => name === "id" || often(6));
  const optional = new Set(names.filter((name) => COLUMNS[name]?.optional === true && often(8)));
  const schema = names.map((name) => {
    const [type = "", range] = (COLUMNS[name]?.type ?? "").split(" in ");
    return `${name}: ${type}${optional.has(name) ? "?" : ""}${range === undefined ? "" : ` in ${range}`}`;
  });
  const condition = (): string => {
    const name = one(names as [string, ...string[]]);
    const own = one(COLUMNS[name]?.conditions ?? ["all"]);
    if (!optional.has(name)) return own;
    return one([`(has ${name} and ${own})`, `(not has ${name} or ${own})`, `has ${name}`]);
  };
  const cohorts = Array.from({ length: whole(1, 5) }, (_, index) => {
    const other = index === 0 ? "all" : `c${whole(0, index - 1)}`;
    return `cohort c${index} = ${one([condition, () => `${condition()} and ${condition()}`, () => `${other} and not ${condition()}`, () => `${condition()} or (${other} and ${condition()})`, () => `not (${condition()} or not ${condition()})`])()}`;
  });
  const requirements = ["reject", "quarantine", "halt"].flatMap((fate) =>
    often(5)
      ? [
          `require ${
            names
              .filter(() => often(3))
              .slice(0, 3)
              .join(", ") || "id"
          } else ${fate}`,
        ]
      : [],
  );
  const policy = `policy drawn
example {\n  ${schema.join("\n  ")}\n}
band a = layers "a"
${cohorts.join("\n")}
cohort hard = loss > 1
route c0 -> a: 50%
${requirements.length === 0 ? "" : `provenance {\n  ${requirements.join("\n  ")}\n}`}
`;
  const many = choicesFrom(whole(0, 1_000_000));
  const fitting = whole(5, 10);
  const rows = many.list(30, 60, () =>
    Object.fromEntries(
      names.flatMap((name) => {
        if (optional.has(name) && many.often(2)) return [];
        const value = many.often(fitting) ? many.one(COLUMNS[name]?.fits ?? [null]) : many.one(WILD);
        return [[name, value]];
      }),
    ),
  );
  const texts = many.list(30, 60, () =>
    Object.fromEntries(
      names.map((name) => {
        const value = many.one(COLUMNS[name]?.fits ?? [""]);
        const text = typeof value === "object" ? JSON.stringify(value) : String(value);
        return [name, many.often(fitting) ? text : many.one(WILD_TEXTS)];
      }),
    ),
  );
  const types = names.map((name) => {
    const known = COLUMNS[name]?.types ?? ["VARCHAR"];
    return [name, many.often(6) ? known[0] : many.one(known)] as const;
  });
  return { policy, rows, texts, types: Object.fromEntries(types) };
}
