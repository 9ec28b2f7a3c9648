/** Manifests of every format, as policies see them, and what is wrong with them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import type { ExampleSchema } from "../../src/check/policy.ts";
import { ManifestError } from "../../src/project/manifest/manifest-error.ts";
import { openManifest, readManifest, type ManifestRow } from "../../src/project/manifest/read.ts";
import { validateExample } from "../../src/reason/example.ts";

const FIELDS = `id: string
  label: int in 0..9
  score: float?
  licence: enum("cc0", "cc-by")?
  reviewed: bool?
  taken: date?
  tags: set<string>?
  sizes: set<int>?`;

function schemaOf(fields: string): ExampleSchema {
  const text = `policy p example { ${fields} }`;
  const { ir, diagnostics } = compile({ entry: "p.gov", sources: new Map([["p.gov", text]]) });
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return ir.policy.example;
}

async function read(
  name: string,
  content: string | Uint8Array,
  fields = FIELDS,
  undeclared: "keep" | "drop" = "drop",
): Promise<readonly ManifestRow[]> {
  const path = join(mkdtempSync(join(tmpdir(), "strata-manifest-")), name);
  writeFileSync(path, content);
  const schema = schemaOf(fields);
  const rows: ManifestRow[] = [];
  for await (const more of readManifest(await openManifest(path, name, schema), schema, undeclared))
    rows.push(...more);
  return rows;
}

const recordsOf = (rows: readonly ManifestRow[]): readonly unknown[] => rows.map(({ record }) => record);

function parquet(columnData: ColumnSource[], codec?: "SNAPPY" | "UNCOMPRESSED"): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...(codec && { codec }), rowGroupSize: 2 }));
}

const RECORDS = [
  { id: "a", label: 3, score: 0.5, licence: "cc0", reviewed: true, taken: "2026-01-31", tags: ["x", "y z"] },
  { id: 'é "q", 😀', label: 0, score: -2e-3, reviewed: false, tags: [], sizes: [1, 20] },
  { id: "two\nlines", label: 9 },
];

describe("the same records", () => {
  test("from JSON Lines", async () => {
    const lines = RECORDS.map((record) => JSON.stringify({ ...record, note: "x", meta: { of: 1 } }));
    const rows = await read("m.jsonl", `\uFEFF${lines[0] ?? ""}\r\n\n  \n${lines.slice(1).join("\n")}`);
    expect(recordsOf(rows)).toEqual(RECORDS);
    expect(rows.map(({ line }) => line)).toEqual([1, 4, 5]);
  });

  test("from CSV, with quotes, both ends of lines, a byte order mark and blank lines", async () => {
    const rows = await read(
      "m.csv",
      '\uFEFFlabel,id,score,licence,reviewed,taken,tags,sizes,\r\n 3 ,a,0.5,cc0,True, 2026-01-31,"[""x"", ""y z""]",,7\r\n' +
        '\r\n0,"é ""q"", 😀",-2e-3,,FALSE,,[],1; 20,\n9,"two\nlines",,,,,,,\n',
    );
    expect(recordsOf(rows)).toEqual(RECORDS);
    expect(rows.map(({ line }) => line)).toEqual([2, 4, 5]);
  });

  test("from Parquet, group by group", async () => {
    const column = (name: keyof (typeof RECORDS)[0]): unknown[] =>
      RECORDS.map((record) => (record as Partial<(typeof RECORDS)[0]>)[name] ?? null);
    const file = parquet([
      { name: "label", data: column("label").map((own) => BigInt(own as number)), type: "INT64" },
      { name: "id", data: column("id") as string[], type: "STRING" },
      { name: "score", data: column("score") as number[], type: "DOUBLE", nullable: true },
      { name: "licence", data: column("licence") as string[], type: "STRING", nullable: true },
      { name: "reviewed", data: column("reviewed") as boolean[], type: "BOOLEAN", nullable: true },
      { name: "other", data: [new Date(0), new Date(1), new Date(2)], type: "TIMESTAMP" },
    ]);
    const unwritten = new Set(["tags", "taken", "sizes"]);
    const kept = RECORDS.map((record) =>
      Object.fromEntries(Object.entries(record).filter(([name]) => !unwritten.has(name))),
    );
    expect(recordsOf(await read("m.parquet", file))).toEqual(kept);
  });
});

test.each([
  ["label", "1e3", 1000],
  ["label", "+5", 5],
  ["label", "5.0", 5],
  ["score", ".5", 0.5],
  ["score", "5.", 5],
  ["score", "NaN", "NaN"],
  ["score", "Infinity", "Infinity"],
  ["score", "1e999", "1e999"],
  ["score", "0x10", "0x10"],
  ["score", "1,5", "1,5"],
  ["score", "--1", "--1"],
  ["reviewed", "1", "1"],
  ["tags", "a; b ;;c", ["a", "b", "c"]],
  ["tags", '["a", 1, null]', ["a", 1, null]],
  ["tags", "[a", "[a"],
  ["id", " ", " "],
])("the text of a CSV file in %s: %s", async (field, text, value) => {
  const cells = { id: "a", label: "1", [field]: text };
  const quoted = Object.values(cells).map((cell) => `"${cell.replaceAll('"', '""')}"`);
  const [row] = await read("m.csv", `${Object.keys(cells).join(",")}\n${quoted.join(",")}`);
  expect(row?.record).toHaveProperty(field, value);
});

test("what is not declared is kept where it is plain", async () => {
  const lines =
    '{"id":"a","label":1,"text":"hi","n":2,"list":[1,"b"],"deep":{"x":1},"deeper":[{}],"none":null}';
  expect(recordsOf(await read("m.jsonl", lines, FIELDS, "keep"))).toEqual([
    { id: "a", label: 1, text: "hi", n: 2, list: [1, "b"] },
  ]);
  const csv = "id,label,text,__proto__,empty\na,1,hi,x,\n";
  const [row] = await read("m.csv", csv, FIELDS, "keep");
  expect(Object.entries(row?.record ?? {})).toEqual(
    Object.entries({ id: "a", label: 1, text: "hi" }).concat([["__proto__", "x"]]),
  );
});

describe("Parquet values of other types", () => {
  const values: readonly (readonly [string, ColumnSource, unknown])[] = [
    ["int in 0..9", { name: "f", data: [9007199254740993n], type: "INT64" }, 9007199254740992],
    ["float", { name: "f", data: [Number.NaN], type: "DOUBLE" }, Number.NaN],
    ["float", { name: "f", data: [Number.NEGATIVE_INFINITY], type: "FLOAT" }, Number.NEGATIVE_INFINITY],
    ["float", { name: "f", data: [0.1], type: "FLOAT" }, Math.fround(0.1)],
    ["date", { name: "f", data: [new Date("2026-01-31T00:00:00Z")], type: "TIMESTAMP" }, "2026-01-31"],
    [
      "date",
      { name: "f", data: [new Date("2026-01-31T06:30:00Z")], type: "TIMESTAMP" },
      "2026-01-31T06:30:00.000Z",
    ],
    ["string", { name: "f", data: [5], type: "INT32" }, 5],
  ];
  test.each(values)("%s from %o", async (type, column, value) => {
    const [row] = await read("m.parquet", parquet([column]), `f: ${type}`);
    expect(row?.record["f"]).toBe(value);
  });
});

test("a whole number that is not exact, and one that is not finite, do not fit", () => {
  const problemOf = (field: string, value: unknown): unknown =>
    validateExample(schemaOf(FIELDS), { id: "a", label: 1, [field]: value })[0]?.problem;
  expect(problemOf("label", 2 ** 53)).toBe(
    "`label` is 9007199254740992, and beyond 2^53 whole numbers are not exact",
  );
  expect(problemOf("score", Number.NaN)).toBe("`score` is NaN, not a finite number");
  expect(problemOf("score", "NaN")).toBe('`score` is "NaN", not a finite number');
});

test.each([
  ["m.jsonl", '{"id":"a","label":1}\n{"id":}\n', /^m\.jsonl:2: this is no JSON: .*token/],
  ["m.jsonl", '{"id":"a","label":1}\n\n[1]\n', /^m\.jsonl:3: this is JSON, but no object of fields/],
  [
    "m.jsonl",
    Buffer.from('{"id":"a","label":1}\n{"id":"\xff"}\n', "latin1"),
    /^m\.jsonl:2: this is not UTF-8 text/,
  ],
  ["m.csv", Buffer.from("id,label\na,1\n\xe9,2\n", "latin1"), /^m\.csv:3: this is not UTF-8 text/],
  ["m.csv", 'id,label\n"a\r\nb",1\r\nc,1,2\n', /^m\.csv:4: there are 3 values for 2 columns/],
  ["m.csv", "id;label\na;1\n", /^m\.csv: it has no column `id`/],
  ["m.csv", "id,label\na\n", /^m\.csv:2: there is 1 value for 2 columns/],
  ["m.csv", 'id,label\na,1\n"b,2\nc,3\n', /^m\.csv:\d: a quote that was opened before is never closed/],
  ["m.csv", 'id,label\na"b,1\n', /^m\.csv:2: a quote stands in the middle of a value/],
  ["m.csv", 'id,label\n"a"b,1\n', /^m\.csv:2: a quote stands in the middle of a value/],
  ["m.csv", "id,id,label\n", /^m\.csv:1: two columns are called `id`/],
  ["m.csv", "", /^m\.csv: it is empty/],
  ["m.csv", "id,label\ra,1\r", /^m\.csv: lines end in a carriage return alone/],
  ["m.csv", "id,Label\n", /^m\.csv: it has no column `label`/],
  ["m.parquet", "PAR1 not really", /^m\.parquet: it cannot be read as Parquet/],
  ["m.parquet", "", /^m\.parquet: it cannot be read as Parquet/],
  ["m.txt", "", /^m\.txt: what kind of file it is cannot be told by its name/],
])("%s with %j is refused", async (name, content, message) => {
  await expect(read(name, content)).rejects.toThrow(ManifestError);
  await expect(read(name, content)).rejects.toThrow(message);
});

test("a file that is not there, and a folder, say so", async () => {
  const schema = schemaOf(FIELDS);
  await expect(openManifest(join(tmpdir(), "gone.csv"), "gone.csv", schema)).rejects.toThrow(
    "gone.csv: there is no such file",
  );
  const folder = mkdtempSync(join(tmpdir(), "strata-")) + ".csv";
  await expect(openManifest(folder, "x.csv", schema)).rejects.toThrow("there is no such file");
});

test.each(["jsonl", "csv"])(
  "blocks of a long file of %s keep their lines, and characters across them stay whole",
  async (kind) => {
    const long = "😀é".repeat(200_000);
    const lines = Array.from({ length: 5 }, (_, row) =>
      kind === "csv" ? `"${row}\r\n${long}",${row}` : JSON.stringify({ id: `${row}\r\n${long}`, label: row }),
    );
    const rows = await read(`m.${kind}`, [...(kind === "csv" ? ["id,label"] : []), ...lines].join("\n"));
    expect(rows.map(({ record }) => record["id"] === `${record["label"]}\r\n${long}`)).toEqual(
      Array(5).fill(true),
    );
    expect(rows.map(({ line }) => line)).toEqual(kind === "csv" ? [2, 4, 6, 8, 10] : [1, 2, 3, 4, 5]);
  },
);
