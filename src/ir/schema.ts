/**
 * The JSON schema (2020-12) of `ir.json`, version 1. Objects are closed: what a later version adds, an older reader
 * refuses rather than passes over.
 */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const number: Schema = { type: "number" };
const count: Schema = { type: "integer", minimum: 0 };
const sha256: Schema = { type: "string", pattern: "^[0-9a-f]{64}$" };

const span = ref("span");
const via = list(span);
const duration = ref("duration");
const window = object({}, { from: duration, until: duration });

const derived = { span, via };

const predicates: readonly Schema[] = [
  variant(["and", "or"], { operands: list(ref("predicate")) }),
  variant(["not"], { operand: ref("predicate") }),
  variant(["compare"], {
    field: text,
    operator: { enum: ["==", "!=", "<", "<=", ">", ">="] },
    value: ref("scalar"),
  }),
  variant(["in_range"], { field: text, range: ref("range") }),
  variant(["in_set"], { field: text, values: list(ref("scalar")) }),
  variant(["contains"], { field: text, value: ref("scalar") }),
  variant(["matches"], { field: text, glob: text }),
  variant(["has"], { field: text }),
  variant(["sample"], { share: number, seed: { type: "integer" } }),
  variant(["cohort"], { name: text }),
  variant(["all"], {}),
];

const selectors: readonly Schema[] = [
  variant(["union", "intersection", "difference"], { left: ref("selector"), right: ref("selector") }),
  variant(["names"], { globs: list(text), span }, { units: object({ low: count, high: count }) }),
  variant(["positions"], { low: count, high: count, span }),
  variant(["depth"], { low: number, high: number, span }, { excludesHigh: { const: true } }),
  variant(["end"], { end: { enum: ["first", "last"] }, count, span }),
  variant(["layer_kind"], { layerKind: text, span }),
  variant(["rest", "all"], { span }),
  variant(["band"], { name: text, span }),
];

const metrics: readonly Schema[] = [
  variant(["entropy"], {
    band: text,
    of: { enum: ["representation", "weights", "gradient"] },
    unit: { enum: ["nats", "bits", "normalized"] },
  }),
  variant(["gradient_norm", "update_ratio", "dead_units"], { band: text }),
  variant(["influence"], { cohort: text, band: text }),
  variant(["loss"], { cohort: text }),
  variant(["loss_gap"], { left: text, right: text }),
];

const lasting = { for: duration };
const actions: readonly Schema[] = [
  variant(["log", "warn", "halt", "skip", "rollback"], {}),
  variant(["freeze"], { band: text }, lasting),
  variant(["attenuate", "amplify"], { band: text, to: number }, lasting),
  variant(["clip"], { band: text, at: number }, lasting),
  variant(["block"], { cohort: text, band: text }, lasting),
  variant(["steer"], { band: text, toward: number, strength: number }, lasting),
];

const policy = object(
  {
    name: text,
    params: list(
      object({
        name: text,
        type: ref("type"),
        value: ref("scalar"),
        overridden: { type: "boolean" },
        span,
      }),
    ),
    model: object(
      { layers: list(object({ name: text, span }, { kind: text, units: { type: "integer", minimum: 1 } })) },
      { path: text, span },
    ),
    example: object({
      fields: list(
        object(
          { name: text, type: ref("type"), optional: { type: "boolean" }, span },
          { range: ref("range") },
        ),
      ),
    }),
    bands: list(object({ name: text, selector: ref("selector"), span }, { documentation: text })),
    cohorts: list(
      object(
        { name: text, predicate: ref("predicate"), dynamic: { type: "boolean" }, span },
        { documentation: text },
      ),
    ),
    behaviors: list(object({ name: text, probe: text, span })),
    defaultWeight: object({ weight: number }, { span }),
    rules: list(object({ cohort: text, band: text, weight: number, window, ...derived })),
    detaches: list(object({ cohort: text, band: text, window, ...derived })),
    bounds: list(
      object({
        metric: ref("metric"),
        range: object({ excludesHigh: { type: "boolean" } }, { low: number, high: number }),
        over: duration,
        arms: list(
          object({
            side: { enum: ["below", "above", "outside"] },
            ladder: list(object({ action: ref("action"), span }, { after: duration })),
            span,
          }),
        ),
        ...derived,
      }),
    ),
    claims: list(object({ claim: { enum: ["never", "always"] }, cohort: text, band: text, ...derived })),
    provenance: object(
      {
        require: list(
          object({ fields: list(text), otherwise: { enum: ["reject", "quarantine", "halt"] }, span }),
        ),
        trace: list(
          object({ bands: list(text), behaviors: list(text), every: duration, span }, { top: count }),
        ),
        attest: list(object({ moment: { enum: ["release", "epoch"] }, span })),
      },
      {
        verifyDigest: object({ span }),
        retain: object({ duration: { anyOf: [duration, { const: "forever" }] }, span }),
      },
    ),
    tests: list(
      object({
        title: text,
        given: list({
          anyOf: [
            variant(["example"], {
              fields: {
                type: "object",
                additionalProperties: { anyOf: [ref("scalar"), list(ref("scalar"))] },
              },
              span,
            }),
            variant(["metric"], { metric: ref("metric"), value: number, for: duration, span }),
          ],
        }),
        at: { anyOf: [object({ step: count }, { epoch: count }), object({ epoch: count })] },
        expect: list({
          anyOf: [
            variant(["weight"], { band: text, weight: number, span }),
            variant(["cohort"], { cohort: text, negated: { type: "boolean" }, span }),
            variant(["action"], { action: ref("action"), negated: { type: "boolean" }, span }),
          ],
        }),
        span,
      }),
    ),
  },
  { title: text, version: text },
);

export const IR_SCHEMA: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Intermediate representation of a Gov policy, version 1",
  ...object({
    irVersion: { const: 1 },
    compiler: text,
    digest: sha256,
    policy,
    sources: list(object({ path: text, sha256 })),
  }),
  $defs: {
    span: object({ file: text, start: count, end: count, line: count, column: count }),
    scalar: { type: ["string", "number", "boolean"] },
    duration: object({ count, unit: { enum: ["steps", "epochs", "examples"] } }),
    range: object({
      low: { type: ["number", "string"] },
      high: { type: ["number", "string"] },
      excludesHigh: { type: "boolean" },
    }),
    type: {
      anyOf: [
        variant(["string", "int", "float", "bool", "date", "digest", "fraction", "steps"], {}),
        variant(["enum"], { values: list(text) }),
        variant(["set"], { element: ref("type") }),
      ],
    },
    predicate: { anyOf: predicates },
    selector: { anyOf: selectors },
    metric: { anyOf: metrics },
    action: { anyOf: actions },
  },
};

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

function object(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** A member of a closed union, told apart by `kind`. */
function variant(
  kinds: readonly string[],
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return object({ kind: { enum: kinds }, ...required }, optional);
}
