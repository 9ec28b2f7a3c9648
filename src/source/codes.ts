/**
 * The one registry of diagnostic codes. A code never changes its meaning and is never used again once retired.
 * Each has a page, `docs/codes/<code>.md`, with a failing and a fixed example that the tests run.
 */
export type Severity = "error" | "warning" | "info";

interface CodeEntry {
  readonly severity: Severity;
  /** Lower-case, no full stop: the heading of its page. */
  readonly title: string;
}

export const CODES = {
  // 1xxx: text and syntax
  GOV1001: { severity: "error", title: "unexpected character" },
  GOV1002: { severity: "error", title: "unterminated string" },
  GOV1003: { severity: "error", title: "unterminated comment" },
  GOV1004: { severity: "error", title: "unexpected token" },
  GOV1005: { severity: "error", title: "unknown declaration" },
  GOV1006: { severity: "error", title: "malformed number" },
  GOV1007: { severity: "error", title: "bidirectional control character" },
  GOV1008: { severity: "warning", title: "confusable identifier" },
  GOV1009: { severity: "error", title: "unknown escape in string" },
  GOV1010: { severity: "error", title: "incomplete declaration" },
  GOV1011: { severity: "error", title: "declaration out of place" },
  GOV1012: { severity: "warning", title: "suppression without a reason" },
  GOV1013: { severity: "error", title: "nested too deeply" },
  GOV1014: { severity: "warning", title: "invisible character in a text" },
  // 2xxx: names and imports
  GOV2001: { severity: "error", title: "unknown name" },
  GOV2002: { severity: "error", title: "name declared twice" },
  GOV2003: { severity: "error", title: "name of the wrong kind" },
  GOV2004: { severity: "error", title: "module not found" },
  GOV2005: { severity: "error", title: "name not in module" },
  GOV2006: { severity: "error", title: "import cycle" },
  GOV2007: { severity: "error", title: "import outside the project" },
  GOV2008: { severity: "error", title: "definition in terms of itself" },
  GOV2009: { severity: "warning", title: "unused import" },
  GOV2010: { severity: "error", title: "reserved name" },
  GOV2011: { severity: "error", title: "policy imported as a module" },
  GOV2012: { severity: "error", title: "unknown param in --set" },
  GOV2013: { severity: "warning", title: "unused name" },
  // 3xxx: types, units, ranges
  GOV3001: { severity: "error", title: "value of the wrong type" },
  GOV3002: { severity: "error", title: "value outside its range" },
  GOV3003: { severity: "error", title: "empty range" },
  GOV3004: { severity: "error", title: "value not in the enum" },
  GOV3005: { severity: "error", title: "operator does not fit the type" },
  GOV3006: { severity: "error", title: "optional field read without `has`" },
  GOV3007: { severity: "error", title: "malformed date or digest" },
  GOV3008: { severity: "error", title: "weight out of range" },
  GOV3009: { severity: "error", title: "declared more than once" },
  GOV3010: { severity: "error", title: "wrong arguments" },
  GOV3011: { severity: "error", title: "conflicting example fields" },
  GOV3012: { severity: "error", title: "sample without an id" },
  GOV3013: { severity: "error", title: "duration out of range" },
  GOV3014: { severity: "error", title: "unit where none applies" },
  GOV3015: { severity: "error", title: "arm that cannot be reached" },
  GOV3016: { severity: "error", title: "malformed type" },
  GOV3017: { severity: "error", title: "malformed glob" },
  GOV3018: { severity: "error", title: "field given twice" },
  GOV3019: { severity: "error", title: "rulesets applied too often" },
  // 4xxx: the model
  GOV4001: { severity: "error", title: "selector matches no layer" },
  GOV4002: { severity: "error", title: "units outside the layer" },
  GOV4003: { severity: "error", title: "layer without units to slice" },
  GOV4004: { severity: "error", title: "unreadable model" },
  GOV4005: { severity: "error", title: "empty band" },
  GOV4006: { severity: "error", title: "position outside the model" },
  GOV4007: { severity: "error", title: "operation cannot be attributed to examples" },
  GOV4008: { severity: "warning", title: "layer couples the examples of a batch" },
  GOV4009: { severity: "error", title: "selector matches only layers without trainable parameters" },
  GOV4010: { severity: "error", title: "band without a representation" },
  GOV4012: { severity: "warning", title: "model file not found" },
  GOV4014: { severity: "warning", title: "layer that no error reaches" },
  GOV4015: { severity: "error", title: "entropy of the predictions is not known" },
  GOV4016: { severity: "warning", title: "bands that overlap in part" },
  // 5xxx: meaning
  GOV5001: { severity: "error", title: "claim does not hold" },
  GOV5002: { severity: "warning", title: "claim left to the run" },
  GOV5003: { severity: "warning", title: "rule without effect" },
  GOV5004: { severity: "warning", title: "cohort without examples" },
  GOV5005: { severity: "warning", title: "cohort of every example" },
  GOV5006: { severity: "warning", title: "comparison decided by the schema" },
  GOV5007: { severity: "warning", title: "bound that is never breached" },
  GOV5008: { severity: "warning", title: "bound that is always breached" },
  GOV5009: { severity: "warning", title: "band that no example may train" },
  GOV5010: { severity: "error", title: "expectation of a test that does not hold" },
  GOV5011: { severity: "warning", title: "lines that contradict each other" },
  GOV5012: { severity: "warning", title: "action without effect" },
  GOV5013: { severity: "warning", title: "steering to where the bound does not clear" },
  // 6xxx: provenance
  GOV6001: { severity: "error", title: "required field is not in the schema" },
  GOV6002: { severity: "error", title: "behaviour without a probe" },
  GOV6003: { severity: "warning", title: "trace of a band that no example trains" },
  GOV6004: { severity: "info", title: "trace of an ungoverned band" },
  GOV6005: { severity: "warning", title: "field required twice" },
  GOV6006: { severity: "warning", title: "probe file not found" },
  // 7xxx: style
  GOV7001: { severity: "info", title: "name not in snake case" },
  GOV7002: { severity: "info", title: "weight in digits" },
  GOV7003: { severity: "info", title: "route that says what the default says" },
  GOV7004: { severity: "warning", title: "suppression of nothing" },
  GOV7005: { severity: "error", title: "not in the layout of `gov fmt`" },
  GOV7006: { severity: "warning", title: "two tests of one title" },
  GOV7007: { severity: "info", title: "predicate that says the same twice" },
  GOV7008: { severity: "info", title: "window from the very start" },
  // 8xxx: raised at run time
  GOV8001: { severity: "error", title: "bound breached" },
  GOV8002: { severity: "error", title: "forbidden update" },
  GOV8003: { severity: "error", title: "example refused" },
  GOV8004: { severity: "error", title: "run halted by its policy" },
  GOV8005: { severity: "error", title: "example does not fit the schema" },
  GOV8006: { severity: "error", title: "metric is not finite" },
  GOV8007: { severity: "error", title: "step not as the policy says" },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type DiagnosticCode = keyof typeof CODES;

export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(CODES, text);
}
