import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const OLD = `policy a
model {
  layer "base" kind dense units 8
  layer "code" kind dense units 4
}
example { id: string label: int in 0..9 }
band base = layers "base"
band top = layers "code"
cohort low = label in 0..4
route low -> top: block
bound loss(all) in 0..10 {
  outside => halt
}
never low -> top
`;

const LOOSER = OLD.replace("route low -> top: block", "route low -> top: block until 500 steps")
  .replace("in 0..10", "in 0..20")
  .replace("never low -> top\n", "");

const STRICTER = OLD.replace("label in 0..4", "label in 0..5");

async function diff(
  before: string,
  after: string,
  ...words: readonly string[]
): Promise<Awaited<ReturnType<typeof gov>>> {
  return await gov(folderWith({ "old.gov": before, "new.gov": after }), [
    "diff",
    "old.gov",
    "new.gov",
    ...words,
  ]);
}

test("each change with an example, the lines that decided and those that do", async () => {
  const { code, out, err } = await diff(OLD, LOOSER);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "old.gov -> new.gov: looser (3 looser)

    weights (route: what the bands' own parameters learn)
      looser     top: block becomes full, from 500 steps
          example  { label: 0, id: "x" } at step 500
          was      low -> top: block  old.gov:10:1
          now      no rule speaks, and the default is full

    bounds
      looser     bound changed: the range 0..10 becomes 0..20, which is wider
          - bound loss(all) in 0..10 {  old.gov:11:1
          -   outside => halt
          - }
          + bound loss(all) in 0..20 {  new.gov:11:1
          +   outside => halt
          + }

    claims
      looser     claim never low -> top removed
          - never low -> top  old.gov:14:1

    bands were compared over the model block
    "
  `);
});

test("the layout, comments, order and names of a policy are not its meaning", async () => {
  const renamed = OLD.replaceAll(/\blow\b/g, "small").replace("label in 0..4", "not (label > 4) // yes");
  const [head = "", ...others] = renamed.split(/\n(?=[a-z])/);
  const reordered = [head, ...others.toReversed()].join("\n\n");
  const { code, out } = await diff(OLD, reordered, "--fail-on", "any");
  expect(out).toContain("old.gov -> new.gov: equivalent");
  expect(code).toBe(EXIT.clean);
});

test.each([
  [LOOSER, "looser", EXIT.refused],
  [LOOSER, "stricter", EXIT.clean],
  [LOOSER, "different", EXIT.clean],
  [LOOSER, "any", EXIT.refused],
  [STRICTER, "looser", EXIT.clean],
  [STRICTER, "looser,stricter", EXIT.refused],
  // Looser here and stricter there is refused as both.
  [LOOSER.replace("label in 0..4", "label in 0..5"), "looser", EXIT.refused],
  [LOOSER.replace("label in 0..4", "label in 0..5"), "stricter", EXIT.refused],
  [LOOSER.replace("label in 0..4", "label in 0..5"), "different", EXIT.refused],
  [OLD, "any", EXIT.clean],
])("--fail-on is an exit code for pipelines", async (after, failOn, code) => {
  const called = await diff(OLD, after, "--fail-on", failOn);
  expect(called.code).toBe(code);
  expect(called.err.includes("refuses")).toBe(code === EXIT.refused);
});

test("--format json has every change with its places", async () => {
  const { out } = await diff(OLD, LOOSER, "--format", "json");
  const { verdict, before, weights, parts } = JSON.parse(out) as {
    verdict: string;
    before: unknown;
    weights: readonly { before: { weight: number; rules: readonly unknown[] }; witness: unknown }[];
    parts: readonly { part: string; before?: { place: unknown } }[];
  };
  expect({ verdict, before }).toEqual({ verdict: "looser", before: { file: "old.gov", name: "a" } });
  expect(weights[0]?.before.weight).toBe(0);
  expect(weights[0]?.before.rules).toMatchObject([{ cohort: "low", place: { file: "old.gov", line: 10 } }]);
  expect(weights[0]?.witness).toMatchObject({ example: { label: 0 }, moment: { step: 500 } });
  expect(parts.map(({ part }) => part)).toEqual(["bound", "claim"]);
  expect(parts[1]?.before?.place).toMatchObject({ file: "old.gov", line: 14 });
});

test("--format markdown lets no text of a policy mean anything", async () => {
  const odd = OLD.replace("label: int in 0..9", 'label: int in 0..9 source: enum("``` <b>&", "x")');
  const before = `${odd}cohort marked = source == "\`\`\` <b>&"\nroute marked -> base: block\n`;
  const { out } = await diff(before, odd, "--format", "markdown");
  expect(out).toContain("### `new.gov`: looser");
  expect(out).toContain('- example: ````{ source: "``` <b>&", id: "x", label: 0 }````');
  expect(out).toContain('  ````diff\n  @@ old.gov:15:1 @@\n  -cohort marked = source == "``` <b>&"\n  ````');
});

test("--format github annotates the later policy, and writes the review to the job's page", async () => {
  const folder = folderWith({ "old.gov": OLD, "new.gov": LOOSER });
  const GITHUB_STEP_SUMMARY = join(folder, "summary.md");
  const { out } = await gov(folder, ["diff", "old.gov", "new.gov", "--format", "github"], {
    environment: { GITHUB_STEP_SUMMARY },
  });
  const titles = [...out.matchAll(/^::(\w+) file=(.*?),title=(.*?)::/gm)].map(([, ...parts]) =>
    parts.join(" "),
  );
  expect(titles).toEqual([
    "warning new.gov looser%3A top%3A block becomes full%2C from 500 steps",
    "warning new.gov,line=11,col=1 looser%3A bound changed%3A the range 0..10 becomes 0..20%2C which is wider",
    "warning new.gov looser%3A claim never low -> top removed",
  ]);
  expect(readFileSync(GITHUB_STEP_SUMMARY, "utf8")).toBe(
    (await diff(OLD, LOOSER, "--format", "markdown")).out,
  );
});

test("a param is set in the policies that have it", async () => {
  const withParam = OLD.replace("0..4", "0..most").replace("model {", "param most: int = 4\nmodel {");
  expect((await diff(OLD, withParam, "--set", "most=5", "--fail-on", "stricter")).code).toBe(EXIT.refused);
  const { code, err } = await diff(OLD, withParam, "--set", "mots=5");
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("did you mean `most`?");
});

test("a later policy with errors is not compared", async () => {
  const { code, out, err } = await diff(OLD, OLD.replace("route low", "route lwo"));
  expect({ code, out }).toEqual({ code: EXIT.errors, out: "" });
  expect(err).toContain("new.gov:10:7");
});

test("a change may mend a claim that did not hold", async () => {
  const { code, out, err } = await diff(OLD.replace("route low -> top: block\n", ""), OLD);
  expect(code).toBe(EXIT.clean);
  expect(err).toContain("`old.gov` has errors, and is compared as it stands");
  expect(out).toContain("old.gov -> new.gov: stricter");
});

test("a policy may be one of a git revision, with its imports", async () => {
  const folder = folderWith({});
  mkdirSync(join(folder, "policies"));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, "policies", name), text);
  };
  const git = (...words: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      cwd: folder,
      stdio: "ignore",
    });
  };
  const policy = OLD.replace("model {", 'import { few } from "./few.gov"\nmodel {').replaceAll("low", "few");
  write("a.gov", policy.replace("cohort few = label in 0..4\n", ""));
  write("few.gov", "module few\nexample { label: int in 0..9 }\ncohort few = label in 0..4\n");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  write("few.gov", "module few\nexample { label: int in 0..9 }\ncohort few = label in 0..3\n");

  const { code, out } = await gov(folder, ["diff", "main:policies/a.gov", "policies/a.gov"]);
  expect(code).toBe(EXIT.clean);
  expect(out).toContain("main:policies/a.gov -> policies/a.gov: looser");
  expect(out).toContain('example  { label: 4, id: "x" }');
  expect(out).toContain("few -> top: block  main:policies/a.gov:10:1");

  const below = join(folder, "policies");
  expect((await gov(below, ["diff", "HEAD:./a.gov", "a.gov"])).out).toContain("HEAD:a.gov -> a.gov: looser");
  expect((await gov(folder, ["diff", "main:policies/b.gov", "policies/a.gov"])).err).toContain(
    "`policies/b.gov`: there is no such file in `main`",
  );
  expect((await gov(folder, ["diff", "mian:policies/a.gov", "policies/a.gov"])).err).toContain(
    "git knows no revision `mian`",
  );
});
