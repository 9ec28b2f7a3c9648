import { canonicalJson } from "./canonical.ts";
import type { Ir } from "./ir.ts";

/** The text of `ir.json`: canonical JSON (RFC 8785) and one line break. */
export function serializeIr(ir: Ir): string {
  return `${canonicalJson(ir)}\n`;
}
