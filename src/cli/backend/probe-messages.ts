import type { BackendChoice } from "../../runtime/backends/select.ts";

export type BackendName = Exclude<BackendChoice, "auto">;

export type ProbeMessage =
  | { readonly kind: "works"; readonly description: string }
  | { readonly kind: "failed"; readonly problem: string; readonly remedy?: string };
