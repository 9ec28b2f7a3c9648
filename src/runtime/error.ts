import type { Diagnostic } from "../source/diagnostic.ts";

/** The model, the data or the evaluation of an experiment is not as it must be: the message says what to change. */
export class ExperimentError extends Error {
  override readonly name = "ExperimentError";
}

/**
 * The policy, the model and the data do not fit together, found before or while training. Not a defect: `diagnostics`
 * say what is wrong, where in the policy, and what to do.
 */
export class GovernanceError extends Error {
  override readonly name = "GovernanceError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}
