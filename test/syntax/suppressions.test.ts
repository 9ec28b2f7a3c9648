import { expect, it } from "vitest";
import { compile } from "../../src/compile.ts";

const UNDECIDED = 'cohort late = epoch > 3  band b = layers "b"';

it.each([
  ["on the line above", "// gov-ignore GOV5002: the run watches it\nnever late -> b", []],
  ["on the line", "never late -> b // gov-ignore GOV5002: the run watches it", []],
  [
    "at the end of another line",
    'band c = layers "c" // gov-ignore GOV5002: not about the next line\nnever late -> b, c',
    ["GOV7004", "GOV5002", "GOV5002"],
  ],
  ["of another code", "never late -> b // gov-ignore GOV5003: the run watches it", ["GOV5002", "GOV7004"]],
  ["without a reason", "never late -> b // gov-ignore GOV5002", ["GOV5002", "GOV1012"]],
  ["of an error", "route late -> nobody: block // gov-ignore GOV2001: errors stay", ["GOV2001"]],
])("a suppression %s", (_, line, codes) => {
  const { diagnostics } = compile({ entry: "p.gov", sources: new Map([["p.gov", `${UNDECIDED}\n${line}`]]) });
  expect(diagnostics.map(({ code }) => code)).toEqual(codes);
});
