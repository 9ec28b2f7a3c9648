/** `gov data` as its users meet it; `data.property.test.ts` holds its figures against each other. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov, type Called } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const POLICY = `policy papers

example {
  id: string
  label: int in 0..9
  licence: string?
}

band a = layers "a/*"
band b = rest

cohort low = label in 0..4
cohort closed = has licence and licence == "closed"
cohort hard = loss > 2
cohort nobody = label == 9 and low

route low -> a: 25% from 5 steps
route closed -> all: block
route hard -> b: block

provenance {
  require licence else quarantine
  require id else reject
}
`;

const LINES = [
  { id: "a", label: 0, licence: "cc0" },
  { id: "b", label: 7, licence: "closed" },
  { id: "c", label: 9, licence: "" },
  { id: "", label: 1, licence: "cc0" },
  { id: "", label: "x" },
];

const FILES = {
  "p.gov": POLICY,
  "one.jsonl": LINES.map((line) => `${JSON.stringify(line)}\n`).join(""),
  "two.csv": "label,id,licence\n3,d,cc0\n4,e,\n",
  "odd.jsonl": '{"id":"a","label":12,"licence":"cc0"}\n{"id":"b","label":1.5,"licence":"cc0"}\n',
};

async function count(
  words: readonly string[],
  files: Readonly<Record<string, string>> = FILES,
): Promise<Called & { readonly folder: string }> {
  const folder = folderWith(files);
  return { ...(await gov(folder, ["data", ...words])), folder };
}

const ENGINES = ["duckdb", "scan"];

describe.each(ENGINES)("by %s", (engine) => {
  test("examples, cohorts and bands of several files are counted", async () => {
    const { code, out, err } = await count(["one.jsonl", "two.csv", "--policy", "p.gov", "--engine", engine]);
    expect(err).toBe("");
    expect(code).toBe(EXIT.clean);
    expect(out).toBe(`papers over one.jsonl, two.csv
  7  examples
  3  take part    42.9%
  3  quarantined  42.9%  lack licence 3  p.gov:22:3
  1  rejected     14.3%  lack id 1       p.gov:23:3

cohorts of those that take part
  low        2  66.7%
  closed     1  33.3%
  nobody  none
  hard          left to the run: it reads the training

what they may teach each band
  a  block 1 · full 2
  b  block 1 · full 2  apart from hard, which the run decides

not let in
  one.jsonl, row 2  c  lacks licence
  one.jsonl, row 3     lacks id
  one.jsonl, row 4     lacks licence
  two.csv, row 1    e  lacks licence
`);
  });

  test("windows are those of a moment; JSON has what the text has", async () => {
    const words = [
      "one.jsonl",
      "--policy",
      "p.gov",
      "--engine",
      engine,
      "--at",
      "step 5",
      "--format",
      "json",
    ];
    const { out } = await count(words);
    expect(JSON.parse(out)).toMatchObject({
      ...{ policy: "papers", engine, examples: 5, admitted: 2, moment: { step: 5 }, dynamic: ["hard"] },
      refused: [
        { otherwise: "quarantine", fields: ["licence"], examples: 2, place: "p.gov:22:3" },
        { otherwise: "reject", fields: ["id"], examples: 1 },
      ],
      cohorts: [
        { cohort: "low", examples: 1 },
        { cohort: "closed", examples: 1 },
        { cohort: "nobody", examples: 0 },
      ],
      bands: [
        {
          band: "a",
          weights: [
            { weights: [0], examples: 1 },
            { weights: [0.25], examples: 1 },
          ],
          undecided: [],
        },
        {
          band: "b",
          weights: [
            { weights: [0], examples: 1 },
            { weights: [1], examples: 1 },
          ],
          undecided: ["hard"],
        },
      ],
      combinations: [
        { cohorts: ["low"], examples: 1 },
        { cohorts: ["closed"], examples: 1 },
      ],
      first: [{ row: 2 }, { row: 3 }, { row: 4 }],
    });
  });

  test("what is not let in is written to a file, with what is wrong", async () => {
    const words = [
      "one.jsonl",
      "odd.jsonl",
      "--policy",
      "p.gov",
      "--engine",
      engine,
      "--refused",
      "aside.jsonl",
    ];
    const { code, out, folder } = await count(words);
    expect(code).toBe(EXIT.errors);
    expect(out).toMatch(/^ {2}2 {2}do not fit the schema .* label 2$/m);
    expect(out).toMatch(/^5 records in aside\.jsonl$/m);
    const lines = readFileSync(join(folder, "aside.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        file: "one.jsonl",
        row: 2,
        verdict: "quarantine",
        missing: ["licence"],
        problems: [],
        example: LINES[2],
      },
      { file: "one.jsonl", row: 3, verdict: "reject", missing: ["id"], problems: [], example: LINES[3] },
      {
        file: "one.jsonl",
        row: 4,
        verdict: "quarantine",
        missing: ["licence"],
        problems: [],
        example: LINES[4],
      },
      ...["`label` is 12, outside 0..9", "`label` is 1.5, not a whole number"].map((problem, row) => ({
        ...{ file: "odd.jsonl", row, verdict: "does not fit", missing: [], problems: [problem] },
        example: { id: row === 0 ? "a" : "b", label: row === 0 ? 12 : 1.5, licence: "cc0" },
      })),
    ]);
  });

  test("a malformed file is found by its line, and leaves no half a list", async () => {
    const files = { ...FILES, "bad.jsonl": '{"id":"a","label":1}\n{"id":"b","label":}\n' };
    const words = [
      "one.jsonl",
      "bad.jsonl",
      "--policy",
      "p.gov",
      "--engine",
      engine,
      "--refused",
      "aside.jsonl",
    ];
    const { code, err, out, folder } = await count(words, files);
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/gov: bad\.jsonl:2: this is no JSON/);
    expect(out).toBe("");
    expect(readdirSync(folder).filter((name) => name.startsWith("aside"))).toEqual([]);
  });

  test("control characters of a file reach no terminal", async () => {
    const files = { ...FILES, "evil.jsonl": '{"id":"\\u001b[2J\\u202e","label":1}\n' };
    const { out } = await count(["evil.jsonl", "--policy", "p.gov", "--engine", engine], files);
    expect(out).toContain("<U+001B>[2J<U+202E>");
    expect(out).not.toMatch(/\u001b\[2J|\u202e/);
  });
});

test("how many may be refused, and that a run would be halted, show in the exit code", async () => {
  const words = ["one.jsonl", "--policy", "p.gov", "--engine", "scan"];
  expect((await count([...words, "--max-refused", "3"])).code).toBe(EXIT.clean);
  expect((await count([...words, "--max-refused", "2"])).code).toBe(EXIT.tooManyRefused);
  const halting = { ...FILES, "p.gov": FILES["p.gov"].replace("else reject", "else halt") };
  const { code, out } = await count(words, halting);
  expect(code).toBe(EXIT.halted);
  // The most severe requirement decides.
  expect(out).toMatch(/^ {2}2 {2}halt the run .* lack id 2 /m);
});

test("a file that DuckDB does not read as it is goes to the built-in scan, and that is said", async () => {
  const files = {
    ...FILES,
    "a[1].jsonl": FILES["one.jsonl"],
    "twice.jsonl": '{"id":"a","id":"b","label":1,"licence":"cc0"}\n',
  };
  const { code, err, out } = await count(
    ["a[1].jsonl", "twice.jsonl", "--policy", "p.gov", "--engine", "duckdb"],
    files,
  );
  expect(code).toBe(EXIT.clean);
  expect(err).toMatch(
    /^note: a\[1\]\.jsonl is read by the built-in scan: .*\nnote: twice\.jsonl is read by the built-in scan: .*\n$/,
  );
  expect(out).toMatch(/^ {2}6 {2}examples$/m);
});

/** Files that tools write, and files that DuckDB is known to read otherwise: both ways lead to the same. */
const HOSTILE: Readonly<Record<string, string>> = {
  "mark.csv": "\uFEFF\n\nid,label\r\na,1\r\n\r\nb,2\r\n",
  "mixed.csv": "\nid,label\r\na,1\nb,2\r\n",
  "names.csv": '"x\ny",id,label\n1,a,1\n2,b,2\n',
  "twice.csv": "id,label\na,1\nid,label\n",
  "head.csv": "id,label\n",
  "none.jsonl": "",
  "mark.jsonl": '\uFEFF{"id":"a","label":1}\n\n{"id":"b","label":1e400}',
  "half.jsonl": '{"id":"\\ud800","label":1}\n',
  "nul.jsonl": '{"id":"a\\u0000b","label":1}\n',
  "nan.jsonl": '{"id":"a","label":1,"licence":NaN}\n',
  "mac.csv": "id,label\ra,1\r",
  "one.csv": "id\na\n\nb\n",
};

test.each(Object.keys(HOSTILE))("both engines say the same of %s", async (name) => {
  const told = async (engine: string): Promise<unknown> => {
    const words = [name, "--policy", "p.gov", "--engine", engine, "--format", "json"];
    const { code, out, err } = await count(words, { ...HOSTILE, "p.gov": POLICY });
    const { engine: by, ...counts } = (out === "" ? {} : JSON.parse(out)) as { readonly engine?: string };
    expect(by ?? engine).toBe(engine);
    return { code, counts, err: err.replace(/^note: .* is read by the built-in scan: .*\n/, "") };
  };
  expect(await told("duckdb")).toEqual(await told("scan"));
});

test.each([
  [["gone.jsonl", "--policy", "p.gov"], EXIT.failed, "gov: gone.jsonl: there is no such file"],
  [["one.jsonl", "--policy", "gone.gov"], EXIT.failed, "gone.gov"],
  [["one.jsonl", "--policy", "p.gov", "--at", "noon"], EXIT.failed, "`--at noon` is no moment"],
  [
    ["p.gov", "--policy", "p.gov"],
    EXIT.failed,
    "gov: p.gov: what kind of file it is cannot be told by its name",
  ],
  [["one.jsonl", "--policy", "p.gov", "--refused", "no/such/file"], EXIT.failed, "no/such/file"],
  [["one.jsonl", "--policy", "wrong.gov"], EXIT.errors, "GOV"],
])("gov data %j", async (words, exit, message) => {
  const { code, err, folder } = await count(words, {
    ...FILES,
    "wrong.gov": "policy p route x -> y: block\n",
  });
  expect(err).toContain(message);
  expect(code).toBe(exit);
  expect(existsSync(join(folder, "no"))).toBe(false);
});
