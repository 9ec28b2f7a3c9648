import type { RulesetChange } from "../../reason/diff/difference.ts";
import type { Compared } from "./compared.ts";
import { textsOf, tellNotes, tellPart } from "./tell-part.ts";
import { ownPlace, tellDetach, tellWeight } from "./tell-rule.ts";
import type { ToldChange } from "./tell.ts";
import { quote, type Words } from "./words.ts";

/** What changes for those who apply a ruleset or a profile: first how it is called, then what its rules say. */
export function tellRuleset(change: RulesetChange, compared: Compared): readonly ToldChange[] {
  const { direction, notes, weights, detaches, parts } = change;
  const name: Words = [`${change.kind} `, quote(change.name)];
  const place = change.after && ownPlace(change.after, compared.after);
  const inside = [
    ...weights.map((one) => tellWeight(one, compared)),
    ...detaches.map((one) => tellDetach(one, compared)),
    ...parts.map((one) => tellPart(one, compared)),
  ].map((told) => ({
    ...told,
    title: [...name, ...tellGiven(change), ": ", ...told.title],
    ...(told.place === undefined && place !== undefined && { place }),
  }));
  const whole: ToldChange = {
    ...{ direction, facts: [], texts: textsOf(change, compared) },
    title: [
      ...name,
      ...(notes.length === 0 ? [] : tellGiven(change)),
      ` ${change.change}`,
      ...tellNotes(notes),
    ],
    ...(place !== undefined && { place }),
  };
  return notes.length > 0 || inside.length === 0 ? [whole, ...inside] : inside;
}

/** ` where share is 0.5`; empty where all that could be left out was, or nothing is asked for. */
function tellGiven({ given }: RulesetChange): Words {
  return given.flatMap(({ name, value }, index) => [
    index === 0 ? " where " : " and ",
    quote(name),
    " is ",
    quote(String(value)),
  ]);
}

/** What could not be told of it. */
export function tellDoubts({ kind, name, undecided }: RulesetChange): readonly Words[] {
  return undecided.map(({ reason }) => [`${kind} `, quote(name), `: ${reason}`]);
}
