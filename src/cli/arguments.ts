import { InvalidArgumentError, Option } from "commander";
import { fractionOf } from "../source/percent.ts";
import {
  DIAGNOSTIC_FORMATS,
  DIFFERENCE_FORMATS,
  REFUSABLE,
  type OutputFormat,
  type ParamTexts,
  type Refusable,
} from "./requests.ts";

/** Collects `--set name=value`; commander calls it once for each. */
function collectParam(text: string, collected: ParamTexts): ParamTexts {
  const separator = text.indexOf("=");
  if (separator < 1) throw new InvalidArgumentError("It is written name=value, for example --set limit=0.5.");
  return new Map([...collected, [text.slice(0, separator).trim(), text.slice(separator + 1)]]);
}

/** Collects `--param name=v1,v2`. */
export function collectSwept(
  text: string,
  collected: readonly { readonly name: string; readonly values: readonly string[] }[] = [],
): readonly { readonly name: string; readonly values: readonly string[] }[] {
  const separator = text.indexOf("=");
  const values = text
    .slice(separator + 1)
    .split(",")
    .map((value) => value.trim());
  if (separator < 1 || values.includes(""))
    throw new InvalidArgumentError("It is written name=v1,v2, for example --param limit=0.5,0.7.");
  return [...collected, { name: text.slice(0, separator).trim(), values }];
}

/** A count of at least `minimum`. */
export function parseCount(minimum: number): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(count) && count >= minimum) return count;
    throw new InvalidArgumentError(`It must be a whole number, ${minimum} or more.`);
  };
}

/** `80` or `80%`, as a share. */
export function parsePercent(text: string): number {
  const share = /^\d+(?:\.\d+)?%?$/.test(text) ? fractionOf(text.replace("%", "")) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("It must be a percentage, 0 to 100.");
}

/** `--format pretty|json`. */
export function outputFormat(): Option {
  return new Option("--format <name>", "for people or for programs")
    .choices(["pretty", "json"])
    .default("pretty");
}

/** `--format` of a command that finds problems. */
export function diagnosticFormat(purpose: string): Option {
  return new Option("--format <name>", purpose).choices(DIAGNOSTIC_FORMATS).default("pretty");
}

/** `--format` of a comparison. */
export function differenceFormat(): Option {
  return new Option("--format <name>", "how the difference is shown")
    .choices(DIFFERENCE_FORMATS)
    .default("pretty");
}

/** `looser`, or several with commas between them; commander calls it once for each option. */
export function collectRefused(text: string, collected: readonly Refusable[]): readonly Refusable[] {
  const named = text.split(",").map((word) => {
    const known = REFUSABLE.find((one) => one === word.trim());
    if (known === undefined)
      throw new InvalidArgumentError(
        `It must be of ${REFUSABLE.join(", ")}; several have commas between them.`,
      );
    return known;
  });
  return [...collected, ...named];
}

/** `--set name=value`, which may be given again. */
export function settable(): Option {
  return new Option("--set <name=value>", "set a param of the policy; may be given again")
    .argParser(collectParam)
    .default(new Map(), "none");
}

/** `--override "reason"`, which only soft enforcement heeds. */
export function override(): Option {
  const purpose = "let pass what soft enforcement finds, for this reason (see gov.config.json)";
  return new Option("--override <reason>", purpose).argParser((text: string) => {
    if (text.trim() !== "") return text.trim();
    throw new InvalidArgumentError("It takes a reason.");
  });
}

export interface FormatOption {
  readonly format: OutputFormat;
}
