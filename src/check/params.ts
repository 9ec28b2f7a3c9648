import type { PolicySymbol } from "../bind/symbols.ts";
import { suggestName } from "../source/nearest.ts";
import { fractionOf } from "../source/percent.ts";
import type { Span } from "../source/span.ts";
import { TOP_LEVEL, type CheckContext } from "./context.ts";
import type { FieldType, Param, Scalar } from "./policy.ts";
import { inRange, showRange } from "./ranges.ts";
import { NO_SCHEMA } from "./schema.ts";
import { isDate, isDigest, isScalarType, nameType, typeOf } from "./types.ts";
import { readOwnRange, readScalar } from "./values.ts";

export interface ReadParams {
  readonly values: ReadonlyMap<PolicySymbol, Scalar>;
  readonly params: readonly Param[];
}

/** The params of every file with their values: what `--set` says by the policy's own names, else what is written. */
export function readParams(
  symbols: readonly Extract<PolicySymbol, { kind: "param" }>[],
  settings: ReadonlyMap<string, string>,
  place: Span,
  context: Omit<CheckContext, "schema" | "contested" | "params">,
): ReadParams {
  const bare: CheckContext = { ...context, ...NO_SCHEMA, params: new Map() };
  const values = new Map<PolicySymbol, Scalar>();
  const params = symbols.flatMap((symbol): readonly Param[] => {
    const { declaration } = symbol;
    const type = typeOf(declaration.type);
    const name = context.entityName(symbol);
    if (!isScalarType(declaration.type, "a param", context.report)) return [];
    const written = readScalar(declaration.value, type, bare, TOP_LEVEL)?.value;
    const range = declaration.range && readOwnRange(declaration.range, type, bare)?.value;
    if (written !== undefined && range !== undefined && !inRange(written, range)) {
      context.report(
        "GOV3002",
        declaration.value.span,
        `\`${name}\` is outside its own range ${showRange(range)}`,
      );
    }
    const text = settings.get(name);
    const set = text === undefined ? undefined : parseSetting(text, type);
    if (text !== undefined && (set === undefined || (range !== undefined && !inRange(set, range)))) {
      const reason =
        set === undefined
          ? `is not ${nameType(type)}`
          : `is outside ${range === undefined ? "its range" : showRange(range)}`;
      context.report(
        set === undefined ? "GOV3001" : "GOV3002",
        declaration.span,
        `\`--set ${name}=${text}\` ${reason}`,
      );
      return [];
    }
    const value = set ?? written;
    if (value === undefined) return [];
    values.set(symbol, value);
    return [{ name, type, value, overridden: set !== undefined, span: declaration.span }];
  });
  const known = symbols.map((symbol) => context.entityName(symbol));
  for (const name of settings.keys()) {
    if (known.includes(name)) continue;
    const settable = known.filter((candidate) => !candidate.includes("#"));
    context.report("GOV2012", place, `\`--set ${name}=…\`: there is no param \`${name}\``, {
      help:
        suggestName(name, settable) ??
        (settable.length === 0
          ? "the policy has no params"
          : `its params are ${settable.map((param) => `\`${param}\``).join(", ")}`),
    });
  }
  return { values, params };
}

/** The text after `--set name=` as a value of the type: numbers may have `_` and `%`, texts stand without quotes. */
function parseSetting(text: string, type: FieldType): Scalar | undefined {
  switch (type.kind) {
    case "bool":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "string":
      return text;
    case "date":
      return isDate(text) ? text : undefined;
    case "digest":
      return isDigest(text) ? text : undefined;
    case "enum":
      return type.values.includes(text) ? text : undefined;
    case "set":
      return undefined;
    default: {
      const number = parseNumber(text);
      if (number === undefined) return undefined;
      if ((type.kind === "int" || type.kind === "steps") && !Number.isInteger(number)) return undefined;
      if (type.kind === "steps" && number < 0) return undefined;
      return type.kind === "fraction" && !(number >= 0 && number <= 1) ? undefined : number;
    }
  }
}

function parseNumber(text: string): number | undefined {
  const [, digits, percent] =
    /^([+-]?(?:\d[\d_]*)(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const plain = digits.replaceAll("_", "");
  const number = percent === "%" ? fractionOf(plain) : Number(plain);
  return Number.isFinite(number) ? number : undefined;
}
