import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { showMarkdown } from "../../src/cli/markdown.ts";
import { CODES } from "../../src/source/codes.ts";
import { gov } from "./gov.ts";
import { recordTerminal } from "./recorded-terminal.ts";

const HERE = import.meta.dirname;

test.each(["GOV4012", "gov4012", "4012", "warning[GOV4012]"])("gov explain %s", async (code) => {
  const { code: exit, out, err } = await gov(HERE, ["explain", code]);
  expect({ exit, err }).toEqual({ exit: EXIT.clean, err: "" });
  expect(out).toMatch(/^GOV4012: model file not found\n\n/);
  expect(out).toContain('\n    model "not-there.json"\n');
  expect(out).not.toContain("```");
});

test("every code is explained under its own title", async () => {
  for (const [code, { title }] of Object.entries(CODES)) {
    const { code: exit, out } = await gov(HERE, ["explain", code]);
    expect({ exit, heading: out.split("\n")[0] }).toEqual({ exit: EXIT.clean, heading: `${code}: ${title}` });
  }
});

test("a code that there is not", async () => {
  const { code, out, err } = await gov(HERE, ["explain", "GOV2019"]);
  expect({ code, out }).toEqual({ code: EXIT.failed, out: "" });
  expect(err).toMatch(/^gov: there is no code `GOV2019`\n {2}did you mean GOV20\d\d\?\n$/);
});

test("--format json is the page as it was written", async () => {
  const { out } = await gov(HERE, ["explain", "GOV4012", "--format", "json"]);
  const { code, severity, page } = JSON.parse(out) as Record<string, string>;
  expect({ code, severity }).toEqual({ code: "GOV4012", severity: "warning" });
  expect(page).toContain("```gov\n");
});

test("paragraphs are wrapped, lists hang, and code is left alone", () => {
  const { terminal } = recordTerminal(HERE, { columns: 20 });
  const page =
    "# Head\n\none two three four five\n\n- a b c d e f g h i j k\n- z\n\n```gov\nlong long long long line\n\nx\n```\nend";
  expect(showMarkdown(page, terminal)).toBe(
    "Head\n\none two three four\nfive\n\n- a b c d e f g h i\n  j k\n- z\n\n    long long long long line\n\n    x\n\nend\n",
  );
});
