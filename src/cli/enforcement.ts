/** What findings come to under the level of enforcement that a project has chosen. */
import type { EnforcementLevel, ProjectConfig } from "../project/config/config.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { EXIT } from "./exit-codes.ts";

/** How one policy comes out. */
export interface Judgement {
  readonly level: EnforcementLevel;
  /** What the exit code would be if nothing were waived: clean, warnings or errors. */
  readonly code: typeof EXIT.clean | typeof EXIT.warnings | typeof EXIT.errors;
  /** Why it counts for nothing all the same. */
  readonly waived: "advisory" | "overridden" | undefined;
}

export interface JudgementOptions {
  /** `--max-warnings`, before what the project says. */
  readonly maximumWarnings: number | undefined;
  /** The reason that `--override` gives. */
  readonly override: string | undefined;
}

/** Holds a policy's findings against the project's level. */
export function judge(
  diagnostics: readonly Diagnostic[],
  config: ProjectConfig,
  { maximumWarnings, override }: JudgementOptions,
): Judgement {
  const { enforcement: level } = config;
  const count = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const most = maximumWarnings ?? config.maximumWarnings ?? Number.POSITIVE_INFINITY;
  const code = count("error") > 0 ? EXIT.errors : count("warning") > most ? EXIT.warnings : EXIT.clean;
  const waived =
    level === "advisory" ? level : level === "soft" && override !== undefined ? "overridden" : undefined;
  return { level, code, waived: code === EXIT.clean ? undefined : waived };
}

/** What the judgement makes of the command's exit. */
export function exitCodeFor({ code, waived }: Judgement): Judgement["code"] {
  return waived === undefined ? code : EXIT.clean;
}

/** In lines for people: what was waived, and what could not be. */
export function explainJudgements(
  judgements: readonly Judgement[],
  override: string | undefined,
): readonly string[] {
  const has = (waived: Judgement["waived"]): boolean =>
    judgements.some((judgement) => judgement.waived === waived);
  const stands = judgements.filter(({ code, waived }) => code !== EXIT.clean && waived === undefined);
  return [
    ...(has("advisory") ? ["enforcement is advisory: this is reported, and fails nothing"] : []),
    ...(has("overridden") ? [`enforcement is soft, and overridden: ${override ?? ""}`] : []),
    ...(override !== undefined && stands.length > 0
      ? ["enforcement is hard: `--override` changes nothing"]
      : []),
    ...(override === undefined && stands.some(({ level }) => level === "soft")
      ? ['enforcement is soft: `--override "the reason"` lets it pass']
      : []),
  ];
}
