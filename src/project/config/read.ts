import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv";
import { isDiagnosticCode } from "../../source/codes.ts";
import { suggestName } from "../../source/nearest.ts";
import type { RuleSeverity } from "../../source/severities.ts";
import type { LoadProblem } from "../load.ts";
import { DEFAULT_CONFIG, type EnforcementLevel, type ProjectConfig } from "./config.ts";
import { readJson } from "./json-text.ts";
import { CONFIG_SCHEMA } from "./schema.ts";

/** Reads the text of a `gov.config.json`; a problem says the line. */
export function readConfig(text: string, path: string): ProjectConfig | LoadProblem {
  const read = readJson(text);
  if (read.kind === "broken")
    return { kind: "problem", path, problem: `line ${read.line}: ${read.problem}`, help: EXAMPLE };
  const validate = new Ajv2020({ allErrors: false, strict: true }).compile<ConfigFile>(CONFIG_SCHEMA);
  if (!validate(read.value)) {
    const [error] = validate.errors ?? [];
    const { pointer, problem, help } = describe(error);
    return { kind: "problem", path, problem: `line ${read.lineOf(pointer)}: ${problem}`, help };
  }
  const { enforcement, maxWarnings, rules = {} } = read.value;
  const severities = Object.entries(rules).flatMap(([code, severity]) =>
    isDiagnosticCode(code) ? [[code, severity] as const] : [],
  );
  return {
    ...{ kind: "config", path, maximumWarnings: maxWarnings, severities: new Map(severities) },
    enforcement: enforcement ?? DEFAULT_CONFIG.enforcement,
  };
}

/** What the schema lets through. */
interface ConfigFile {
  readonly enforcement?: EnforcementLevel;
  readonly maxWarnings?: number;
  readonly rules?: Readonly<Record<string, RuleSeverity>>;
}

interface Described {
  readonly pointer: string;
  readonly problem: string;
  readonly help: string;
}

const EXAMPLE = 'for example `{ "enforcement": "soft", "maxWarnings": 0, "rules": { "GOV7001": "off" } }`';

function describe(error: ErrorObject | undefined): Described {
  const pointer = error?.instancePath ?? "";
  const name = pointer.slice(1).replaceAll("/", ".");
  // Ajv types the parameters of its errors by keyword only in comments.
  const parameters: Readonly<Record<string, unknown>> = error?.params ?? {};
  if (error?.keyword === "additionalProperties") {
    const unknown = String(parameters["additionalProperty"]);
    return { pointer: `${pointer}/${unknown}`, ...describeUnknown(unknown, name === "rules") };
  }
  if (error?.keyword === "enum") {
    const allowed = parameters["allowedValues"];
    const list = Array.isArray(allowed) ? allowed.map((value) => `\`"${String(value)}"\``) : [];
    return { pointer, problem: `\`${name}\` is not one of its values`, help: `write ${list.join(", ")}` };
  }
  const wanted = name === "" ? "the file" : `\`${name}\``;
  return { pointer, problem: `${wanted} ${error?.message ?? "does not fit"}`, help: EXAMPLE };
}

function describeUnknown(name: string, isRule: boolean): Omit<Described, "pointer"> {
  const known = Object.keys(isRule ? CONFIG_SCHEMA.properties.rules.properties : CONFIG_SCHEMA.properties);
  if (isRule && isDiagnosticCode(name))
    return {
      problem: `\`${name}\` is an error, and errors keep their severity`,
      help: "a policy with such an error means nothing that could be kept; warnings and notes can be changed",
    };
  return {
    problem: isRule ? `there is no code \`${name}\`` : `there is no setting \`${name}\``,
    help:
      suggestName(name, known) ??
      `it may have ${known
        .slice(0, 6)
        .map((key) => `\`${key}\``)
        .join(", ")}`,
  };
}
