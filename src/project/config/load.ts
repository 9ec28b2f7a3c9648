/** `gov.config.json`: what a project makes of findings, kept outside of the policies. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ErrorObject } from "ajv";
import { isDiagnosticCode } from "../../source/codes.ts";
import { suggestName } from "../../source/nearest.ts";
import type { RuleSeverities, RuleSeverity } from "../../source/severities.ts";
import type { LoadProblem } from "../load.ts";
import { readText } from "../read.ts";
import { readJson } from "./json-text.ts";
import { CONFIG_SCHEMA, type ENFORCEMENT_LEVELS } from "./schema.ts";

export type EnforcementLevel = (typeof ENFORCEMENT_LEVELS)[number];

/** A project's configuration, with what holds where it says nothing. */
export interface ProjectConfig {
  readonly kind: "config";
  /** The file, in full; undefined where there is none. */
  readonly path: string | undefined;
  readonly enforcement: EnforcementLevel;
  readonly maximumWarnings: number | undefined;
  readonly severities: RuleSeverities;
}

const DEFAULTS: ProjectConfig = {
  kind: "config",
  path: undefined,
  enforcement: "hard",
  maximumWarnings: undefined,
  severities: new Map(),
};

export const CONFIG_FILE = "gov.config.json";

/** The configuration that holds for a policy: the nearest file of that name in its folder or above it. */
export async function loadConfig(policy: string): Promise<ProjectConfig | LoadProblem> {
  for (let folder = dirname(resolve(policy)); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_FILE);
    // Asked first, because what is missing on the way up is no problem for which near names need to be found.
    if (existsSync(path)) {
      const read = readText(path);
      return read.kind === "text" ? await readConfig(read.text, path) : { ...read, kind: "problem", path };
    }
    if (dirname(folder) === folder) return DEFAULTS;
  }
}

/** What the schema lets through. */
interface ConfigFile {
  readonly enforcement?: EnforcementLevel;
  readonly maxWarnings?: number;
  readonly rules?: Readonly<Record<string, RuleSeverity>>;
}

async function readConfig(text: string, path: string): Promise<ProjectConfig | LoadProblem> {
  const read = readJson(text);
  if (read.kind === "broken")
    return { kind: "problem", path, problem: `line ${read.line}: ${read.problem}`, help: EXAMPLE };
  // Loaded where there is something to validate: most checks have no such file, and start faster.
  const { Ajv2020 } = await import("ajv/dist/2020.js");
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
    enforcement: enforcement ?? DEFAULTS.enforcement,
  };
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
