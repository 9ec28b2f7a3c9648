import { canonicalJson } from "../ir/canonical.ts";
import type { Ir } from "../ir/ir.ts";
import { serializeIr } from "../ir/serialize.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import type { SourceMap } from "../source/text.ts";
import { ENVIRONMENT, IR, PLAN, POLICY, SOURCES } from "./layout.ts";
import type { Environment } from "./record.ts";

export interface RunInputs {
  /** The policy's key in `sources`. */
  readonly entry: string;
  readonly sources: SourceMap;
  readonly ir: Ir;
  readonly plan: TfjsPlan;
  readonly environment: Environment;
}

/** The files that a run begins with, by path in its folder: the policy as compiled and all it depends on. */
export function layOutRun(inputs: RunInputs): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    [IR]: serializeIr(inputs.ir),
    [PLAN]: `${canonicalJson(inputs.plan)}\n`,
    [ENVIRONMENT]: `${canonicalJson(inputs.environment)}\n`,
  };
  for (const { path } of inputs.ir.sources) {
    const text = inputs.sources.get(path);
    if (text !== undefined) files[path === inputs.entry ? POLICY : `${SOURCES}${path}`] = text;
  }
  return files;
}
