import type { Policy } from "../check/policy.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { resolvePath } from "../source/path.ts";
import type { SourceMap } from "../source/text.ts";
import type { NetworkShape } from "./network.ts";
import { networkFromStubs, readNetwork } from "./read.ts";

/** The network that a policy is checked against: the one given, else the one that the policy declares or names. */
export function findNetwork(
  policy: Pick<Policy, "model">,
  sources: SourceMap,
  given: NetworkShape | undefined,
): { readonly network?: NetworkShape; readonly diagnostics: readonly Diagnostic[] } {
  if (given !== undefined) return { network: given, diagnostics: [] };
  const { path, layers, span } = policy.model;
  if (layers.length > 0) return { network: networkFromStubs(policy.model), diagnostics: [] };
  if (path === undefined || span === undefined) return { diagnostics: [] };

  const key = resolvePath(span.file, path);
  const text = key === undefined ? undefined : sources.get(key);
  if (text === undefined) {
    const missing = diagnose("GOV4012", span, `there is no model file \`${path}\``, {
      help: "the bands are checked when the policy meets the model; `gov model EXPERIMENT -o model.json` writes this file",
    });
    return { diagnostics: [missing] };
  }
  const { network, problem } = readNetwork(text, path);
  if (network !== undefined) return { network, diagnostics: [] };
  return {
    diagnostics: [
      diagnose("GOV4004", span, `the model file \`${path}\` cannot be read: ${problem ?? "no layers"}`),
    ],
  };
}
