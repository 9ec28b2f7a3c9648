import type { EntityKind, ExportedParameter, ExportedRules } from "../../check/exports.ts";
import { showType } from "../../check/types.ts";
import { writePercent } from "../../source/percent.ts";
import { combineDirections, type Direction } from "./difference.ts";
import { meaningText } from "../meaning.ts";

export interface SignatureChange {
  readonly direction: Direction;
  readonly notes: readonly string[];
}

/**
 * How the parameters of a ruleset change for those who apply it. What another default does to the rules is told of them:
 * by itself it has no effect, nor has a parameter more that may be left out.
 */
export function compareSignatures(before: ExportedRules, after: ExportedRules): SignatureChange {
  const [old, fresh] = [before.parameters, after.parameters];
  const changes: SignatureChange[] = [
    ...old
      .filter(({ name }) => !has(fresh, name))
      .map(({ name }) => note("different", `it takes \`${name}\` no longer`)),
    ...fresh.flatMap((parameter) => compareParameter(find(old, parameter.name), parameter)),
  ];
  const shared = (
    own: readonly ExportedParameter[],
    other: readonly ExportedParameter[],
  ): readonly string[] => own.map(({ name }) => name).filter((name) => has(other, name));
  const [was, is] = [shared(old, fresh), shared(fresh, old)];
  const isPushed = is.some((name, index) => fresh[index]?.name !== name);
  if (was.join() !== is.join() || isPushed)
    changes.push(note("different", "its parameters stand in another order"));
  return {
    direction: combineDirections(changes.map(({ direction }) => direction)),
    notes: changes.flatMap(({ notes }) => notes),
  };
}

function compareParameter(
  old: ExportedParameter | undefined,
  fresh: ExportedParameter,
): readonly SignatureChange[] {
  const { name, defaultValue } = fresh;
  if (old === undefined)
    return [
      defaultValue === undefined
        ? note("different", `it needs \`${name}\`, ${say(fresh)}`)
        : note("none", `it may be given \`${name}\`, ${say(fresh)}, else \`${sayDefault(fresh)}\``),
    ];
  if (meaningText(old.type) !== meaningText(fresh.type))
    return [note("different", `\`${name}\` is ${say(fresh)} instead of ${say(old)}`)];
  if (isSameDefault(old, fresh)) return [];
  if (defaultValue === undefined) return [note("different", `\`${name}\` has no default any more`)];
  if (old.defaultValue === undefined)
    return [note("none", `\`${name}\` may be left out, and is \`${sayDefault(fresh)}\` then`)];
  return [
    note(
      "none",
      `\`${name}\` is \`${sayDefault(fresh)}\` instead of \`${sayDefault(old)}\` where it is left out`,
    ),
  ];
}

export function isSameDefault(old: ExportedParameter, fresh: ExportedParameter): boolean {
  return sayDefault(old) === sayDefault(fresh);
}

function sayDefault({ type, defaultValue }: ExportedParameter): string {
  if (defaultValue?.kind === "entity") return defaultValue.name;
  if (defaultValue?.kind !== "value") return "";
  const { value } = defaultValue;
  return type.kind === "fraction" ? writePercent(Number(value)) : JSON.stringify(value);
}

function say({ type }: ExportedParameter): string {
  const text = isEntity(type) ? type.kind : showType(type);
  return `${/^[aeiou]/.test(text) ? "an" : "a"} \`${text}\``;
}

export function isEntity(type: ExportedParameter["type"]): type is EntityKind {
  return ["band", "cohort", "profile", "behavior"].includes(type.kind);
}

function note(direction: Direction, text: string): SignatureChange {
  return { direction, notes: [text] };
}

function find(parameters: readonly ExportedParameter[], name: string): ExportedParameter | undefined {
  return parameters.find((parameter) => parameter.name === name);
}

function has(parameters: readonly ExportedParameter[], name: string): boolean {
  return find(parameters, name) !== undefined;
}
