import type { PartChange, PartPlace, PolicyPart } from "../../reason/diff/difference.ts";
import { printPlaces } from "../../lower/tfjs/print.ts";
import { placesOf } from "../open.ts";
import type { Compared, ComparedSide } from "./compared.ts";
import { ownPlace, tellMember } from "./tell-rule.ts";
import type { ToldChange, ToldText } from "./tell.ts";
import { quote, type Words } from "./words.ts";

/** A declaration that came, went or means something else. */
export function tellPart(change: PartChange, compared: Compared): ToldChange {
  const { part, name, direction, notes, gained, lost } = change;
  const place = change.after && ownPlace(change.after, compared.after);
  return {
    direction,
    title: [
      NAMES[part],
      ...(name === undefined ? [] : [" ", quote(name)]),
      ` ${change.change}`,
      ...tellNotes(notes),
    ],
    facts: [
      ...(gained === undefined ? [] : [{ label: "gained", words: tellMember(gained) } as const]),
      ...(lost === undefined ? [] : [{ label: "lost", words: tellMember(lost) } as const]),
    ],
    texts: textsOf(change, compared),
    ...(place !== undefined && { place }),
  };
}

/** Follows what it is about. */
export function tellNotes(notes: readonly string[]): Words {
  return notes.flatMap((note, index) => [index === 0 ? ": " : "; ", ...tellNote(note)]);
}

/** Names stand in backticks in it. */
export function tellNote(note: string): Words {
  return note.split(/`([^`]+)`/).map((piece, index) => (index % 2 === 1 ? quote(piece) : piece));
}

const NAMES: Readonly<Record<PolicyPart, string>> = {
  field: "field",
  model: "model",
  param: "param",
  band: "band",
  cohort: "cohort",
  behavior: "behavior",
  default: "the default",
  bound: "bound",
  claim: "claim",
  require: "requirement of",
  verify: "verification",
  trace: "trace",
  retain: "retention",
  attest: "attestation",
};

/** The lines of both policies; once where they say it in the same words. */
export function textsOf(
  change: Pick<PartChange, "before" | "after">,
  { before, after }: Compared,
): readonly ToldText[] {
  const [old, fresh] = [textOf("-", change.before, before), textOf("+", change.after, after)];
  if (old !== undefined && fresh !== undefined && old.text === fresh.text)
    return [{ sign: " ", text: old.text, place: `${old.place}, ${fresh.place}` }];
  return [old, fresh].filter((text) => text !== undefined);
}

function textOf(
  sign: ToldText["sign"],
  place: PartPlace | undefined,
  { showing }: ComparedSide,
): ToldText | undefined {
  if (place === undefined) return undefined;
  const { file, start, end } = place.span;
  const text = showing.sourceOf(file)?.text.slice(start, end) ?? "";
  return { sign, text: withoutIndent(text), place: printPlaces(place, placesOf(showing)) };
}

/** The first line begins where the declaration does; the others lose what they all have. */
function withoutIndent(text: string): string {
  const [first = "", ...others] = text.split(/\r?\n/);
  const indents = others
    .filter((line) => line.trim() !== "")
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return [first, ...others.map((line) => line.slice(shared))].join("\n");
}
