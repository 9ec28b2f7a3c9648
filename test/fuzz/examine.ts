/** All that the compiler, the formatter and the fixes do with a text, held against what must hold of any text. */
import { compile } from "../../src/compile.ts";
import { formatText } from "../../src/format/format.ts";
import { fixPolicy } from "../../src/ide/fix.ts";
import { runTests } from "../../src/reason/tests/run.ts";
import { hasErrors } from "../../src/source/diagnostic.ts";
import type { Seeds } from "./seeds.ts";

/**
 * Throws where something about a text is not as it must be; whatever it throws is a defect.
 *
 * @param fixes To apply all fixes takes as long as all else together.
 */
export async function examine(
  text: string,
  { library }: Pick<Seeds, "library">,
  fixes: "applied" | "left out",
): Promise<void> {
  const input = { entry: "policy.gov", sources: new Map([...library, ["policy.gov", text]]) };
  const { diagnostics, files, policy, ir } = compile(input);
  for (const { code, message, labels } of diagnostics) {
    for (const { span } of labels) {
      const length = input.sources.get(span.file)?.length ?? -1;
      const isInside = span.start >= 0 && span.start <= span.end && span.end <= length;
      if (!isInside) throw new Error(`${code} lies outside its file: ${message}`);
    }
    if (message === "") throw new Error(`${code} says nothing`);
  }
  if (hasErrors(diagnostics) === (ir !== undefined)) throw new Error("an IR and errors, or neither");
  if (policy !== undefined && ir !== undefined) runTests(policy, undefined, policy.tests);

  const { formatted } = await formatText(text);
  const isWhole = files.get("policy.gov")?.complete ?? false;
  if (isWhole !== (formatted !== undefined)) throw new Error("what is not whole was printed, or the reverse");
  if (formatted !== undefined && (await formatText(formatted)).formatted !== formatted)
    throw new Error("the layout changes when it is laid out again");
  if (fixes === "applied") fixPolicy(input);
}

/** Of every fourth mutant the fixes are applied. */
export function fixesOf(index: number): "applied" | "left out" {
  return index % 4 === 0 ? "applied" : "left out";
}
