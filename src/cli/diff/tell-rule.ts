import { printPlaces, printWindow } from "../../lower/tfjs/print.ts";
import { sayWeight } from "../../lower/words.ts";
import type { Member, Place, RuleChange, Ruling, Time, WeightedRule } from "../../reason/diff/difference.ts";
import type { Clock } from "../../reason/clock.ts";
import type { Span } from "../../source/span.ts";
import { isLibrary } from "../../project/root.ts";
import { placesOf } from "../open.ts";
import { sayMeasured, sayMoment, showExample } from "../../ide/tell/witness.ts";
import type { Compared, ComparedSide } from "./compared.ts";
import type { ToldChange, ToldFact } from "./tell.ts";
import { listQuoted, quote, type Words } from "./words.ts";

/** Another weight of some examples on some parameters. */
export function tellWeight(change: RuleChange, { before, after }: Compared): ToldChange {
  const [old, fresh] = [change.before.weight, change.after.weight];
  const ruling = (said: Ruling, side: ComparedSide): Words =>
    said.rules.length === 0 ? tellSilence(said, side) : tellRules(said.rules, side, showRoute);
  return tellRule(change, {
    ...{ before, after },
    says: sayChange(old, fresh),
    was: ruling(change.before, before),
    now: ruling(change.after, after),
  });
}

function sayChange(old: number, fresh: number): Words {
  if (fresh === Number.POSITIVE_INFINITY) return [": ", quote(sayWeight(old)), " is said no more"];
  if (old === Number.POSITIVE_INFINITY) return [": ", quote(sayWeight(fresh)), " is said now"];
  return [": ", quote(sayWeight(old)), " becomes ", quote(sayWeight(fresh))];
}

/** An error that stops where it passed, or the other way round. */
export function tellDetach(change: RuleChange, { before, after }: Compared): ToldChange {
  const ruling = (said: Ruling, side: ComparedSide): Words =>
    said.rules.length === 0 ? ["no rule stops it"] : tellRules(said.rules, side, showDetach);
  return tellRule(change, {
    ...{ before, after },
    says:
      change.after.weight === 0
        ? [": the error stops here now"]
        : [": the error does not stop here any more"],
    was: ruling(change.before, before),
    now: ruling(change.after, after),
  });
}

interface Telling {
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** What follows the places. */
  readonly says: Words;
  readonly was: Words;
  readonly now: Words;
}

function tellRule(change: RuleChange, { after, says, was, now }: Telling): ToldChange {
  const { direction, places, times, witness } = change;
  const place = change.after.rules.map((rule) => ownPlace(rule, after)).find((span) => span !== undefined);
  const own = place ?? (change.after.rules.length === 0 ? after.policy.defaultWeight.span : undefined);
  return {
    direction,
    title: [...tellPlaces(places), ...says, sayTimes(times)],
    facts: [
      { label: "example", words: tellMember(witness, witness.moment) },
      { label: "was", words: was },
      { label: "now", words: now },
    ],
    texts: [],
    ...(own !== undefined && { place: own }),
  };
}

/** Where the policy itself says it, or brings it in: not in the library. */
export function ownPlace(
  { span, via }: Pick<WeightedRule, "span" | "via">,
  { entry }: ComparedSide,
): Span | undefined {
  return [span, ...via.toReversed()].find(({ file }) => file === entry || !isLibrary(file));
}

/** An example, with what matters of the run and the time. */
export function tellMember({ example, run }: Member, moment?: Clock): ToldFact["words"] {
  const shown = showExample(example);
  const time = moment === undefined ? "" : sayMoment(moment);
  return [
    shown === undefined ? "any" : quote(shown),
    ...sayMeasured(run).map((measured) => ` ${measured}`),
    ...(time === "" ? [] : [` at ${time}`]),
  ];
}

export function tellPlaces(places: readonly Place[]): Words {
  return places.flatMap((place, index) => [...(index === 0 ? [] : [", "]), ...tellPlace(place)]);
}

function tellPlace(place: Place): Words {
  if (place.kind === "band") return [quote(place.band)];
  const { before, after } = place;
  if (before.join() !== after.join())
    return ["what was ", ...tellBands(before), " and is ", ...tellBands(after)];
  if (after.length < 2) return after.length === 0 ? ["what no band holds"] : [...listQuoted(after), " alone"];
  return ["where ", ...listQuoted(after, " and "), " overlap"];
}

function tellBands(bands: readonly string[]): Words {
  return bands.length === 0 ? ["in no band"] : ["in ", ...listQuoted(bands, " and ")];
}

/** `, from 400 steps until 2 epochs`; empty for all of the training. */
function sayTimes(times: readonly Time[]): string {
  if (times.some((windows) => windows.length === 0)) return "";
  const said = times.map((windows) => windows.map((window) => printWindow(window).trim()).join(" and "));
  return `, ${said.join(", or ")}`;
}

function tellSilence({ weight: said }: Ruling, { policy, showing }: ComparedSide): Words {
  if (said === Number.POSITIVE_INFINITY) return ["no rule of it speaks"];
  const { weight, span } = policy.defaultWeight;
  const place = span === undefined ? "" : `  ${placesOf(showing)(span)}`;
  return ["no rule speaks, and the default is ", quote(sayWeight(weight)), place];
}

function tellRules(
  rules: readonly WeightedRule[],
  { showing }: ComparedSide,
  show: (rule: WeightedRule) => string,
): Words {
  const showPlace = placesOf(showing);
  return rules.flatMap((rule, index) => [
    ...(index === 0 ? [] : ["; "]),
    quote(show(rule)),
    `  ${printPlaces(rule, showPlace)}`,
  ]);
}

function showRoute({ cohort, band, weight, window }: WeightedRule): string {
  return `${cohort} -> ${band}: ${sayWeight(weight)}${printWindow(window)}`;
}

function showDetach({ cohort, band, window }: WeightedRule): string {
  return `detach ${cohort} at ${band}${printWindow(window)}`;
}
