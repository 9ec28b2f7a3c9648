import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { formatText } from "../../src/format/format.ts";
import type { Ir } from "../../src/ir/ir.ts";
import { readIr } from "../../src/ir/read.ts";
import { serializeIr } from "../../src/ir/serialize.ts";

/** Of every kind of line that a policy can have. */
const POLICY = `
policy whole "Everything" version "1.0.0"
param width: int = 3 in 1..9
model { layer "a" kind dense units 8  layer "b" kind conv2d units 4 }
example { id: string  label: int in 0..9  licence: enum("a", "b")?  tags: set<string>  day: date in "2026-01-01".."2026-12-31"  content: digest }
band first_half = layers "a" units 0..3
band odd = (depth 0%..50% | kind conv2d) & layers 0..1 - first 1 layers
band others = rest
cohort low = label in 0..<5 and not (has licence and licence == "a") or "x" in tags
cohort few = sample 10% seed 3
cohort late = epoch > 2
cohort days = day >= "2026-06-01" and id matches "train/**" and label not in {1, 2}
profile shy { first_half: 25%, others: block }
route default 150%
route low -> first_half, odd: block from 1 epochs until 500 steps
route few through shy
detach days at odd until 100 examples
bound entropy(odd, gradient) in 0.1..0.9 nats over 2 epochs {
  below => attenuate odd to 50% for 3 steps then block low -> odd after 4 steps
  above => clip odd at 1.5
}
bound loss_gap(low, few) <= 3 { above => skip step then halt after 1 epochs }
behavior sevens = probe "sevens.jsonl"
provenance { require id, day else quarantine verify digest trace odd toward sevens every 3 steps top 4 retain forever attest epoch }
never few -> others
ruleset calm(b: band, limit: float = 2.0) { bound gradient_norm(b) <= limit { above => warn } }
apply calm(odd, limit: width)
test "a" { given { label: 3, tags: {"x"} } at epoch 2 expect odd: 150% expect not low }
test "b" { given loss(low) = 2 for 3 steps expect no halt expect warn }
`;

function compileText(text: string): Ir {
  const sources = new Map([["p.gov", text]]);
  const { ir, diagnostics } = compile({ entry: "p.gov", sources });
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return ir;
}

describe("the IR of a policy", () => {
  it("passes its own schema and comes back as it was", () => {
    const ir = compileText(POLICY);
    const { ir: read, problems } = readIr(JSON.parse(serializeIr(ir)));
    expect(problems).toEqual([]);
    expect(serializeIr(read ?? ir)).toBe(serializeIr(ir));
  });

  it("has the same bytes whenever it is compiled", () => {
    expect(serializeIr(compileText(POLICY))).toBe(serializeIr(compileText(POLICY)));
  });

  it("has a digest that the order of declarations leaves alone", () => {
    const lines = POLICY.trim().split("\n");
    const [header = "", ...declarations] = lines.join("\n").split(/\n(?=[a-z])/);
    const reversed = [header, ...declarations.toReversed()].join("\n");
    expect(compileText(reversed).digest).toBe(compileText(POLICY).digest);
  });

  it("has a digest of meaning: layout and comments leave it alone, a weight does not", async () => {
    const example = readFileSync(
      new URL("../../examples/01-mnist-split/policy.gov", import.meta.url),
      "utf8",
    );
    const { formatted = "" } = await formatText(`// a comment\n\n\n${example.replaceAll("  ", "\t")}`);
    expect(compileText(formatted).digest).toBe(compileText(example).digest);
    const changed = example.replace("route low -> bottom: block", "route low -> bottom: 0.1%");
    expect(compileText(changed.replace("never low -> bottom", "")).digest).not.toBe(
      compileText(example).digest,
    );
  });
});

describe("the door", () => {
  const good = (): Record<string, unknown> =>
    JSON.parse(serializeIr(compileText(POLICY))) as Record<string, unknown>;

  it.each<[string, (ir: Record<string, unknown>) => unknown, string]>([
    [
      "another version",
      (ir) => ({ ...ir, irVersion: 2 }),
      "its irVersion is 2; this version of Strata reads version 1",
    ],
    ["not an object", () => [], "at `/`: must be object"],
    [
      "a field that it does not know",
      (ir) => ({ ...ir, more: 1 }),
      "at `/`: must NOT have additional properties",
    ],
    [
      "a missing part",
      ({ policy, ...ir }) => (policy === undefined ? policy : ir),
      "at `/`: must have required property 'policy'",
    ],
    [
      "a changed meaning",
      (ir) => ({ ...ir, policy: { ...(ir["policy"] as object), defaultWeight: { weight: 0 } } }),
      "its digest is",
    ],
  ])("refuses %s", (_, change, problem) => {
    expect(readIr(change(good())).problems[0]).toContain(problem);
  });

  it("names the place of a wrong value", () => {
    const text = JSON.stringify(good()).replace('"weight":1.5', '"weight":"heavy"');
    expect(readIr(JSON.parse(text)).problems[0]).toContain("at `/policy/defaultWeight/weight`");
  });
});
