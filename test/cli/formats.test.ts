/** The formats for programs: what they say is valid, whatever stands in policies, their names and their titles. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { DIAGNOSTIC_FORMATS } from "../../src/cli/requests.ts";
import { gov, type Called } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";
import { readXml, type XmlElement } from "./xml.ts";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const corpus = fileURLToPath(new URL("../corpus/", import.meta.url));

const CLEAN = "policy a\n\nband x = all\n\nroute all -> x: 50%\n";
const WRONG = "policy a\nband x = all\nroute all -> y: full\n";
const WARNED = 'policy a\nmodel "missing.json"\n';
const FIXABLE = "policy a\nband x = all\nroute all -> x: 0\nnever all -> x\n";
const UNTRUE = `${CLEAN}\ntest "<b>all, of 100%</b>" {\n  expect x: block\n}\n`;

/** Names that mean something to XML, HTML, Markdown, URIs or GitHub's commands. */
const HOSTILE = 'it\'s <b>"a"</b> & 100%, ::error::[x](y)|`z`.gov';
const HOSTILE_TEXT = 'policy a\nband x = lyers "</td>\u202e::error::"\nroute all -> `y`: full\n';

function project(files: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly locations: readonly { readonly physicalLocation: unknown }[];
    readonly fixes?: unknown;
  }[];
}

// The schema is of draft 4, and uses nothing in which later drafts differ but the two keywords that are taken off.
const schema = Object.fromEntries(
  Object.entries(
    JSON.parse(readFileSync(`${fixtures}sarif/sarif-2.1.0-rtm.5.json`, "utf8")) as Record<string, unknown>,
  ).filter(([keyword]) => keyword !== "$schema" && keyword !== "id"),
);
const isSarif = new Ajv({
  strict: false,
  unicodeRegExp: false,
  formats: {
    uri: (text) => URL.canParse(text),
    "uri-reference": (text) => URL.canParse(text, "file:///") && !/[\s<>"`|]/.test(text),
    "date-time": (text) => !Number.isNaN(Date.parse(text)),
  },
}).compile(schema);

function readSarif(text: string): SarifRun {
  const log = JSON.parse(text) as { readonly runs: readonly SarifRun[] };
  expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
  const [run] = log.runs;
  if (run === undefined) throw new Error("there is no run");
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  return run;
}

describe("sarif", () => {
  test("is held against a schema that refuses what is not SARIF", () => {
    expect(isSarif({ version: "2.1.0", runs: [{ tool: { driver: {} } }] })).toBe(false);
  });

  test("has the place of a problem, its rule with the page of the code, and the fix", async () => {
    const { code, out } = await gov(project({ "deep/a.gov": FIXABLE }), ["check", ".", "--format", "sarif"]);
    expect(code).toBe(EXIT.clean);
    const { results, tool } = readSarif(out);
    const artifactLocation = { uri: "deep/a.gov", uriBaseId: "%SRCROOT%" };
    const region = {
      startLine: 3,
      startColumn: 17,
      endLine: 3,
      endColumn: 18,
      charOffset: 38,
      charLength: 1,
    };
    expect(results).toEqual([
      {
        ...{ ruleId: "GOV7002", ruleIndex: 0, level: "note" },
        message: { text: "the weight 0 is called `block`" },
        locations: [{ physicalLocation: { artifactLocation, region } }],
        fixes: [
          {
            description: { text: "write `block`" },
            artifactChanges: [
              {
                artifactLocation,
                replacements: [{ deletedRegion: region, insertedContent: { text: "block" } }],
              },
            ],
          },
        ],
      },
    ]);
    expect(tool.driver.rules).toMatchObject([
      { id: "GOV7002", name: "WeightInDigits", defaultConfiguration: { level: "note" } },
    ]);
    expect(JSON.stringify(tool.driver.rules)).toContain("# GOV7002: weight in digits");
  });

  test("says which files could not be read", async () => {
    const { code, out, err } = await gov(project({ "a.gov": WRONG }), [
      "check",
      "a.gov",
      "b.gov",
      "--format",
      "sarif",
    ]);
    expect({ code, err }).toEqual({ code: EXIT.failed, err: "" });
    expect(readSarif(out).invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: "error", message: { text: expect.stringContaining("`b.gov`") } },
        ],
      },
    ]);
  });

  test("is valid for every case of the corpus", async () => {
    for (const kind of ["check", "syntax"])
      for (const name of readdirSync(`${corpus}${kind}`))
        readSarif((await gov(`${corpus}${kind}/${name}`, ["check", "policy.gov", "--format", "sarif"])).out);
  });

  test("is valid whatever a file is called", async () => {
    const { out } = await gov(project({ [HOSTILE]: HOSTILE_TEXT }), ["check", ".", "--format", "sarif"]);
    const { results } = readSarif(out);
    expect(JSON.stringify(results)).toContain("it's%20%3Cb%3E%22a%22%3C%2Fb%3E".replaceAll("%2F", "/"));
  });
});

describe("github", () => {
  async function onGithub(
    files: Readonly<Record<string, string>>,
    words: readonly string[],
    folder = ".",
  ): Promise<Called & { readonly summary: string }> {
    const root = project(files);
    const path = join(root, "summary.md");
    writeFileSync(path, "before\n");
    const environment = { GITHUB_STEP_SUMMARY: path, GITHUB_WORKSPACE: root };
    const called = await gov(join(root, folder), [...words, "--format", "github"], { environment });
    return { ...called, summary: readFileSync(path, "utf8") };
  }

  test("adds to the page of the job", async () => {
    const { summary } = await onGithub({ "a.gov": WRONG, "b.gov": WARNED }, ["check", "."]);
    expect(summary).toMatchInlineSnapshot(`
      "before
      ### gov check: 1 error, 1 warning in 2 files

      <table>
      <tr><td>error</td><td><code>a.gov:3:14</code></td><td>GOV2001: there is no band <code>y</code><br>did you mean <code>x</code>?</td></tr>
      <tr><td>warning</td><td><code>b.gov:2:1</code></td><td>GOV4012: there is no model file <code>missing.json</code><br>the bands are checked when the policy meets the model; <code>gov model EXPERIMENT -o model.json</code> writes this file</td></tr>
      </table>

      "
    `);
    const clean = await onGithub({ "a.gov": CLEAN }, ["check", "."]);
    expect(clean.summary).toBe("before\n### gov check: no problems in 1 file\n\n");
  });

  test("names files by their paths in the repository, wherever it is called", async () => {
    const { out, summary } = await onGithub({ "deep/a.gov": WRONG }, ["check", "a.gov", "none.gov"], "deep");
    expect(out).toContain("::error file=deep/a.gov,line=3,");
    expect(out).toContain("::error file=deep/none.gov::there is no such file\n");
    expect(summary).toContain("<code>deep/a.gov:3:14</code>");
  });

  test("lets no text of a policy be more than text", async () => {
    const { out, summary } = await onGithub({ [HOSTILE]: HOSTILE_TEXT }, ["check", "."]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .every((line) => /^::(?:error|warning|notice) file=it's <b>"a"/.test(line)),
    ).toBe(true);
    // Between the command and its end no colon or comma of a property is left as it is.
    for (const line of out.trimEnd().split("\n"))
      expect(
        line
          .slice(2)
          .split("::")[0]
          ?.split(",")
          .every((part) => /^(?:\w+ )?\w+=[^:,]*$/.test(part)),
      ).toBe(true);
    expect(out + summary).not.toContain("\u202e");
    const table = summary.slice(summary.indexOf("<table>"), summary.indexOf("</table>"));
    expect(table).not.toMatch(/\n\n/);
    expect([...table.matchAll(/<\/?(\w+)/g)].map(([, name]) => name).filter((name) => name === "b")).toEqual(
      [],
    );
  });

  test("keeps titles and the page within GitHub's limits", async () => {
    const name = "x".repeat(400);
    const { out } = await onGithub({ "a.gov": `policy a\nroute all -> ${name}: full\n` }, ["check", "."]);
    const title = /title=([^:]*)::/.exec(out)?.[1] ?? "";
    expect(decodeURIComponent(title).length).toBeLessThanOrEqual(255);
    const many = Array.from(
      { length: 3000 },
      (_, index) => `route all -> unknown_band_${String(index)}: full\n`,
    );
    const { summary } = await onGithub({ "a.gov": `policy a\n${many.join("")}` }, ["check", "."]);
    expect(summary.length).toBeLessThan(250_000);
    expect(summary).toMatch(/and \d+ more, in the log of the step/);
  });

  test("writes no page where there is none to write", async () => {
    const { code, err } = await gov(project({ "a.gov": WRONG }), ["check", ".", "--format", "github"]);
    expect({ code, err }).toEqual({ code: EXIT.errors, err: "" });
    const environment = { GITHUB_STEP_SUMMARY: join(project({}), "none", "summary.md") };
    const broken = await gov(project({ "a.gov": WRONG }), ["check", ".", "--format", "github"], {
      environment,
    });
    expect(broken.code).toBe(EXIT.errors);
    expect(broken.err).toContain("the job's summary cannot be written");
  });
});

describe("junit", () => {
  async function suitesOf(
    files: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<XmlElement> {
    return readXml((await gov(project(files), [...words, "--format", "junit"])).out);
  }

  function outcomes(root: XmlElement): unknown {
    return root.children.map(({ attributes, children }) => [
      attributes["name"],
      ...children.map((test) => [test.attributes["name"], ...test.children.map(({ name }) => name)]),
    ]);
  }

  test("has a suite for each file; errors fail, warnings pass and are said, clean files pass", async () => {
    const root = await suitesOf({ "a.gov": WRONG, "b.gov": WARNED, "c.gov": CLEAN }, "check", ".", "d.gov");
    expect(root.attributes).toEqual({ name: "gov check", tests: "4", failures: "1", errors: "1" });
    expect(outcomes(root)).toEqual([
      ["a.gov", ["GOV2001 at 3:14", "failure"]],
      ["b.gov", ["GOV4012 at 2:1", "system-out"]],
      ["c.gov", ["no problems"]],
      ["d.gov", ["it can be read", "error"]],
    ]);
  });

  test("escapes whatever stands in names and texts", async () => {
    const root = await suitesOf({ [HOSTILE]: HOSTILE_TEXT }, "check", ".");
    expect(root.children[0]?.attributes["name"]).toBe(HOSTILE);
  });
});

describe.each(DIAGNOSTIC_FORMATS.filter((format) => format !== "pretty"))(
  "every command says its problems in %s",
  (format) => {
    const said = (text: string, code: string): void => {
      if (format === "json") JSON.parse(text);
      if (format === "sarif") readSarif(text);
      if (format === "junit") readXml(text);
      expect(text).toContain(code);
    };

    test("fmt --check: what is not laid out, and what cannot be read", async () => {
      const { code, out, err } = await gov(project({ "a.gov": "band x=all" }), [
        "fmt",
        "--check",
        ".",
        "--format",
        format,
      ]);
      expect({ code, err }).toEqual({ code: EXIT.unformatted, err: "" });
      said(out, "GOV7005");
      const broken = await gov(project({ "a.gov": "band" }), ["fmt", ".", "--format", format]);
      expect({ code: broken.code, err: broken.err }).toEqual({ code: EXIT.errors, err: "" });
      said(broken.out, "GOV1010");
    });

    test("fix --dry-run: what it would fix; fix: what it leaves", async () => {
      const folder = project({ "a.gov": `${FIXABLE}route all -> y: block\n`, "b.gov": FIXABLE });
      const planned = await gov(folder, ["fix", "b.gov", "--dry-run", "--format", format]);
      expect({ code: planned.code, err: planned.err }).toEqual({ code: EXIT.clean, err: "" });
      said(planned.out, "GOV7002");
      const done = await gov(folder, ["fix", ".", "--format", format]);
      expect({ code: done.code, err: done.err }).toEqual({ code: EXIT.errors, err: "" });
      said(done.out, "GOV2001");
      expect(done.out).not.toContain("GOV7002");
      expect(readFileSync(join(folder, "b.gov"), "utf8")).toContain("block");
    });

    test("compile, plan, why: on standard error, as the result goes to standard output", async () => {
      const folder = project({ "a.gov": WRONG });
      for (const words of [
        ["compile", "a.gov"],
        ["plan", "a.gov"],
        ["why", "a.gov", "--example", "{}"],
      ]) {
        const { code, out, err } = await gov(folder, [...words, "--format", format]);
        expect({ code, out }).toEqual({ code: EXIT.errors, out: "" });
        said(err, "GOV2001");
        const missing = await gov(folder, [
          words[0] ?? "",
          "none.gov",
          ...words.slice(2),
          "--format",
          format,
        ]);
        expect(missing.code).toBe(EXIT.failed);
        said(missing.err, "none.gov");
      }
    });
  },
);

test.each(["compact", "sarif", "github"])("gov test says what does not hold in %s", async (format) => {
  const folder = project({ "a.gov": UNTRUE, "b.gov": CLEAN });
  const { code, out, err } = await gov(folder, ["test", ".", "--format", format]);
  expect({ code, err }).toEqual({ code: EXIT.testsFailed, err: "" });
  expect(out).toContain("GOV5010");
  if (format === "sarif") expect(readSarif(out).results).toHaveLength(1);
  const wrong = await gov(project({ "a.gov": WRONG }), ["test", ".", "--format", format]);
  expect(wrong.code).toBe(EXIT.errors);
  expect(wrong.out).toContain("GOV2001");
});
