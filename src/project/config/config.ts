import type { RuleSeverities } from "../../source/severities.ts";
import type { ENFORCEMENT_LEVELS } from "./schema.ts";

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

export const DEFAULT_CONFIG: ProjectConfig = {
  kind: "config",
  path: undefined,
  enforcement: "hard",
  maximumWarnings: undefined,
  severities: new Map(),
};
