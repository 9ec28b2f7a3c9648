import type { DiagnosticCode } from "../../source/codes.ts";

/**
 * What a variable learns cannot be told apart by example, so the policy cannot be kept. Neither a defect nor a
 * diagnostic: it knows the computation but not the policy's text, and becomes a diagnostic where that is known.
 */
export class AttributionError extends Error {
  override readonly name = "AttributionError";
  readonly code: DiagnosticCode = "GOV4007";
  /** `layer/role` of the governed variable. */
  readonly variable: string;
  /** The operation of tfjs that stands in the way. */
  readonly kernel: string;
  /** Lower-case, no full stop: what a person can do about it. */
  readonly remedy: string;

  constructor(details: AttributionDetails) {
    super(`${details.reason} (\`${details.variable}\`, at \`${details.kernel}\`)`);
    this.variable = details.variable;
    this.kernel = details.kernel;
    this.remedy = details.remedy;
  }
}

export interface AttributionDetails {
  readonly variable: string;
  readonly kernel: string;
  /** Lower-case, no full stop. */
  readonly reason: string;
  readonly remedy: string;
}
