import { CODES, isDiagnosticCode } from "../../source/codes.ts";
import { isAdjustable } from "../../source/severities.ts";

/** How binding a policy is, from outside of it. */
export const ENFORCEMENT_LEVELS = ["advisory", "soft", "hard"] as const;

export const RULE_SEVERITIES = ["off", "info", "warning", "error"] as const;

const adjustable = Object.keys(CODES).filter((code) => isDiagnosticCode(code) && isAdjustable(code));

/**
 * The JSON schema (draft 2020-12) of `gov.config.json`; `npm run generate` writes it to
 * `schemas/gov.config.schema.json`, which the package carries for editors.
 */
export const CONFIG_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "gov.config.json",
  description: "What a project makes of the findings of gov, kept apart from its policies.",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string", description: "Where this schema lies, for editors." },
    enforcement: {
      enum: ENFORCEMENT_LEVELS,
      default: "hard",
      description:
        "hard: errors, and more warnings than maxWarnings, fail a check and keep a run from beginning. soft: the same, unless --override gives a reason, which the record keeps. advisory: they are only reported.",
    },
    maxWarnings: {
      type: "integer",
      minimum: 0,
      description: "How many warnings a policy may have; --max-warnings has the last word.",
    },
    rules: {
      type: "object",
      description: "The severity of warnings and notes by their codes. Errors stay errors.",
      additionalProperties: false,
      properties: Object.fromEntries(
        adjustable.map((code) => [
          code,
          {
            enum: RULE_SEVERITIES,
            description: isDiagnosticCode(code) ? `${CODES[code].title} (${CODES[code].severity})` : "",
          },
        ]),
      ),
    },
  },
} as const;
