/** What went against the policy while it was trained under, as SARIF 2.1.0: each finding at the policy's line. */
import type { Span } from "../../source/span.ts";
import type { DecisionRow } from "../decision-rows.ts";

export interface Finding {
  readonly row: DecisionRow;
  readonly span: Span;
}

export function sarifOf(findings: readonly Finding[]): Uint8Array {
  const rules = [...new Set(findings.map(({ row }) => row.decision))].map((id) => ({ id }));
  const results = findings.map(({ row, span }) => ({
    ruleId: row.decision,
    level: row.level === "error" ? "error" : "warning",
    message: { text: `step ${row.step}: ${row.text}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(span.file) },
          region: { startLine: span.line, startColumn: span.column },
        },
      },
    ],
  }));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "gov run", rules } }, columnKind: "utf16CodeUnits", results }],
  };
  return Buffer.from(JSON.stringify(log));
}
