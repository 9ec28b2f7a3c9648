import { Ajv2020 } from "ajv/dist/2020.js";
import { digestMeaning } from "./build.ts";
import type { Ir } from "./ir.ts";
import { IR_SCHEMA } from "./schema.ts";

export interface IrReading {
  /** Present when the value is an IR of this version. */
  readonly ir?: Ir;
  /** `` at `/policy/rules/0/weight`: must be number ``; with an IR present, what it says of itself that is not so. */
  readonly problems: readonly string[];
}

/** The door for every IR that comes from outside: against the schema, then against its own digest. */
export function readIr(value: unknown): IrReading {
  const version =
    typeof value === "object" && value !== null && "irVersion" in value ? value.irVersion : undefined;
  if (version !== undefined && version !== 1)
    return {
      problems: [`its irVersion is ${JSON.stringify(version)}; this version of Strata reads version 1`],
    };
  // Of a wrong member of a union every variant complains, so that the first error alone says little about it.
  const validate = new Ajv2020({ allErrors: false, allowUnionTypes: true, strict: true }).compile<Ir>(
    IR_SCHEMA,
  );
  if (!validate(value)) {
    const [error] = validate.errors?.toReversed() ?? [];
    return {
      problems: [`at \`${error?.instancePath || "/"}\`: ${error?.message ?? "does not fit the schema"}`],
    };
  }
  const digest = digestMeaning(value.policy);
  return digest === value.digest
    ? { ir: value, problems: [] }
    : { ir: value, problems: [`its digest is ${value.digest}, and its policy has ${digest}`] };
}
