import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** A repository whose only commit, on `main`, has these files. */
function repositoryWith(files: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  write(folder, files);
  const git = (...words: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      cwd: folder,
      stdio: "ignore",
    });
  };
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

test("a policy may be one of a git revision, with its imports", async () => {
  const policy = OLD.replace("model {", 'import { few } from "./few.gov"\nmodel {').replaceAll("low", "few");
  const module = "module few\nexample { label: int in 0..9 }\ncohort few = label in 0..4\n";
  const folder = repositoryWith({
    "policies/a.gov": policy.replace("cohort few = label in 0..4\n", ""),
    "policies/few.gov": module,
  });
  write(folder, { "policies/few.gov": module.replace("0..4", "0..3") });

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

test("folders are compared policy by policy, by their paths and by the names of those that moved", async () => {
  const named = (name: string, text = OLD): string => text.replace("policy a", `policy ${name}`);
  const module = "module m\nruleset r(b: band) {\n  route all -> b: block\n}\n";
  const folder = repositoryWith({
    "gov/kept.gov": named("kept"),
    "gov/changed.gov": named("changed"),
    "gov/here.gov": named("moved"),
    "gov/gone.gov": named("gone"),
    "gov/m.gov": module,
    "gov/node_modules/theirs.gov": named("theirs"),
  });
  for (const name of ["here", "gone", "m"]) rmSync(join(folder, `gov/${name}.gov`));
  write(folder, {
    "gov/changed.gov": named("changed", LOOSER),
    "gov/there/there.gov": named("moved", STRICTER),
    "gov/new.gov": named("new"),
  });

  const { code, out, err } = await gov(folder, ["diff", "main:gov", "gov", "--fail-on", "looser"]);
  expect(code).toBe(EXIT.refused);
  expect(out.match(/^\S.* -> .*?(?= \()/gm)).toEqual([
    "main:gov/changed.gov -> gov/changed.gov: looser",
    "main:gov/gone.gov -> no policy: looser",
    "main:gov/m.gov -> no module: different",
    "no policy -> gov/new.gov: stricter",
    "main:gov/here.gov -> gov/there/there.gov: stricter",
  ]);
  expect(out.trimEnd().split("\n").at(-1)).toBe(
    "5 policies and 1 module compared: 2 looser, 1 different, 2 stricter, 1 equivalent",
  );
  expect(err.match(/^gov: .*$/gm)).toEqual([
    "gov: `gov/changed.gov` is looser, which `--fail-on looser` refuses",
    "gov: `gov/gone.gov` is removed, and what is in force without it is looser, which `--fail-on looser` refuses",
    "gov: `gov/m.gov` is removed, which to those who import it is different, which `--fail-on looser` refuses",
  ]);

  const below = join(folder, "gov");
  const json = await gov(below, ["diff", "main:./", ".", "--format", "json"]);
  const { verdict, policies } = JSON.parse(json.out) as {
    verdict: string;
    policies: readonly { verdict: string; before: unknown; after: unknown }[];
  };
  expect(verdict).toBe("different");
  expect(policies.find(({ verdict: own }) => own === "stricter")).toMatchObject({
    before: { file: "main:new.gov", absent: true },
    after: { file: "new.gov", name: "new" },
  });
});

const MODULE = `module shares
example { label: int in 0..9 }
cohort low = label in 0..4
ruleset kept_faint(learners: band, weight: fraction = 25%) {
  route low -> learners: weight
}
ruleset warmed(learners: cohort, body: band, warm: steps = 1_000) {
  route learners -> body: block until warm
}
`;
const NEW_MODULE = MODULE.replace("= 25%", "= 50%").replace("until warm", "until 2_000 steps");

test("modules by what policies get that apply them", async () => {
  const { code, out, err } = await diff(MODULE, NEW_MODULE);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "old.gov -> new.gov: different (3 looser, 1 stricter)

    rulesets and profiles (what policies get that apply them)
      looser     ruleset kept_faint changed: weight is 50% instead of 25% where it is left out
          - ruleset kept_faint(learners: band, weight: fraction = 25%) {  old.gov:4:1
          -   route low -> learners: weight
          - }
          + ruleset kept_faint(learners: band, weight: fraction = 50%) {  new.gov:4:1
          +   route low -> learners: weight
          + }
      looser     ruleset kept_faint: learners: 25% becomes 50%
          example  { label: 0 }
          was      low -> learners: 25%  old.gov:5:3
          now      low -> learners: 50%  new.gov:5:3
      looser     ruleset warmed where warm is 6000: body: block is said no more, from 2,000 steps until 6,000 steps
          example  { in learners: true, label: 0 } at step 2000
          was      learners -> body: block until 6,000 steps  old.gov:8:3
          now      no rule of it speaks
      stricter   ruleset warmed: body: block is said now, from 1,000 steps until 2,000 steps
          example  { in learners: true, label: 0 } at step 1000
          was      no rule of it speaks
          now      learners -> body: block until 2,000 steps  new.gov:8:3

    bands were compared by what their selectors say, for no model is at hand that fits both policies
    "
  `);
  expect((await diff(MODULE, NEW_MODULE, "--fail-on", "different")).code).toBe(EXIT.refused);
  expect((await diff(MODULE, `${MODULE}// the same\n`, "--fail-on", "any")).code).toBe(EXIT.clean);
});

test("what modules offer in every format", async () => {
  const { rulesets } = JSON.parse((await diff(MODULE, NEW_MODULE, "--format", "json")).out) as {
    rulesets: readonly unknown[];
  };
  expect(rulesets).toMatchObject([
    {
      ...{ kind: "ruleset", name: "kept_faint", change: "changed", direction: "looser", given: [] },
      notes: ["`weight` is `50%` instead of `25%` where it is left out"],
      before: { place: { file: "old.gov", line: 4 } },
      after: { place: { file: "new.gov", line: 4 } },
      weights: [
        {
          before: { weight: 0.25, rules: [{ cohort: "low", band: "learners", place: { line: 5 } }] },
          after: { weight: 0.5 },
        },
      ],
    },
    // Where no rule of it speaks there is no weight.
    { name: "warmed", direction: "stricter", weights: [{ before: { weight: null, rules: [] } }] },
    { name: "warmed", direction: "looser", weights: [{ after: { weight: null } }] },
  ]);

  const markdown = (await diff(MODULE, NEW_MODULE, "--format", "markdown")).out;
  expect(markdown).toContain("#### rulesets and profiles (what policies get that apply them)");
  expect(markdown).toContain("- **looser** ruleset `kept_faint`: `learners`: `25%` becomes `50%`");
  expect(markdown).toContain("@@ old.gov:4:1 @@");

  const github = (await diff(MODULE, NEW_MODULE, "--format", "github")).out;
  expect(github.match(/^::.*?::/gm)).toMatchInlineSnapshot(`
    [
      "::warning file=new.gov,line=4,col=1,title=looser%3A ruleset kept_faint changed%3A weight is 50%25 instead of 25%25 where it is left out::",
      "::warning file=new.gov,line=5,col=3,title=looser%3A ruleset kept_faint%3A learners%3A 25%25 becomes 50%25::",
      "::warning file=new.gov,line=7,col=1,title=looser%3A ruleset warmed where warm is 6000%3A body%3A block is said no more%2C from 2%2C000 steps until 6%2C000 steps::",
      "::notice file=new.gov,line=8,col=3,title=stricter%3A ruleset warmed%3A body%3A block is said now%2C from 1%2C000 steps until 2%2C000 steps::",
    ]
  `);
});

test("what of two folders has errors is told, and the rest compared", async () => {
  const folder = folderWith({});
  write(folder, { "old/a.gov": OLD, "old/b.gov": OLD, "new/a.gov": LOOSER, "new/b.gov": "polciy b" });
  const { code, out, err } = await gov(folder, ["diff", "old", "new", "--format", "markdown"]);
  expect(code).toBe(EXIT.errors);
  expect(out).toMatch(/^1 policy compared: 1 looser\.\n\n### `new\/a\.gov`: looser\n/);
  expect(err).toContain("new/b.gov:1:1");
});

test("a param is set in those policies of a folder that have it", async () => {
  const withParam = OLD.replace("0..4", "0..most").replace("model {", "param most: int = 4\nmodel {");
  const folder = folderWith({});
  write(folder, { "old/a.gov": OLD, "old/b.gov": OLD, "new/a.gov": withParam, "new/b.gov": OLD });
  const set = await gov(folder, ["diff", "old", "new", "--set", "most=5"]);
  expect(set).toMatchObject({ code: EXIT.clean, err: "" });
  expect(set.out).toContain("2 policies compared: 1 stricter, 1 equivalent");
  expect((await gov(folder, ["diff", "old", "new", "--set", "mots=5"])).code).toBe(EXIT.errors);
});

test.each([
  [["old", "new/a.gov"], "`old`: is a folder, and cannot be compared with a single policy"],
  [["main:nowhere", "new"], "`nowhere`: there is no such file in `main`"],
  [["empty", "empty"], "no `.gov` file in empty nor in empty"],
])("what cannot be paired is said", async (words, problem) => {
  const folder = repositoryWith({ "old/a.gov": OLD, "new/a.gov": OLD });
  mkdirSync(join(folder, "empty"));
  const { code, err } = await gov(folder, ["diff", ...words]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(problem);
});
