/** What passes between `gov run --baseline` and the process that trains the ungoverned twin. */
import type { Ir } from "../../ir/ir.ts";
import type { Evaluation } from "../../runtime/evaluation.ts";
import type { BackendChoice } from "../../runtime/backends/select.ts";

export interface TwinRequest {
  /** Absolute. */
  readonly experiment: string;
  /** Of which the twin takes the bands alone. */
  readonly ir: Ir;
  readonly seed: number;
  readonly epochs: number;
  readonly backend: BackendChoice;
}

export type TwinMessage =
  | { readonly kind: "progress"; readonly epoch: number; readonly steps: number }
  | { readonly kind: "finished"; readonly evaluation: Evaluation | undefined; readonly steps: number }
  | { readonly kind: "failed"; readonly problem: string };
