import { compile } from "../../../src/compile.ts";
import type { Ir } from "../../../src/ir/ir.ts";

/** The IR of a policy that is all in one text. */
export function compileText(text: string): Ir {
  const { ir, diagnostics } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", text]]) });
  if (ir === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return ir;
}
