export type BackendName = "wasm" | "cpu" | "node-gpu" | "webgpu";

export type ProbeMessage =
  | { readonly kind: "works"; readonly description: string }
  | { readonly kind: "failed"; readonly problem: string; readonly remedy?: string };
