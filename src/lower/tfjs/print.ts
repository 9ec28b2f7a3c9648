import type { Bound, Provenance, Window } from "../../check/policy.ts";
import type { LayerExtent } from "../../model/network.ts";
import { formatPlace, type Span } from "../../source/span.ts";
import { sayAction, sayBound, sayCount, sayDuration, sayMany, sayWeight } from "../words.ts";
import type { PlanBand, PlanParameter, PlanSegment, PlanStub, TfjsPlan } from "./plan.ts";

/** How a place in a policy is written; `formatPlace` unless a reader would write its file differently. */
export type ShowPlace = (span: Span) => string;

/**
 * The plan as text to be reviewed before anything is trained: what governs each parameter, unit by unit, and the line
 * that says so.
 */
export function printPlan(plan: TfjsPlan, showPlace: ShowPlace = formatPlace): string {
  const count = plan.parameters.reduce((sum, parameter) => sum + sizeOf(parameter), 0);
  const layers = groupByLayer(plan.parameters);
  const { stubs } = plan;
  const extent =
    stubs === undefined
      ? `${sayMany(layers.length, "layer")}, ${sayMany(count, "parameter")}`
      : `${sayMany(stubs.length, "layer")} of a model without shapes, so that parameters cannot be counted`;
  const sections = [
    [
      `plan of ${plan.policyName} for ${plan.target}: ${extent}`,
      `policy digest ${plan.policyDigest}`,
      `where no rule speaks: ${sayWeight(plan.defaultWeight)}`,
    ],
    section("bands", alignColumns(plan.bands.map(printBand))),
    section(
      "layers (route: what each parameter learns; the error passes on)",
      stubs === undefined
        ? layers.flatMap((parameters) => printLayer(parameters, plan, showPlace))
        : stubs.flatMap((stub) => printStub(stub, plan, showPlace)),
    ),
    section(
      "detach (the error of these examples goes no further towards the input)",
      alignColumns(
        plan.detaches.map(({ rule, extent }) => [
          `${rule.cohort} at ${rule.band}${printWindow(rule.window)}`,
          `stops at ${printExtent(extent)}`,
          printPlaces(rule, showPlace),
        ]),
      ),
    ),
    section(
      "bounds",
      plan.bounds.flatMap((bound) => printBound(bound, showPlace)),
    ),
    section(
      "claims (held against every step)",
      alignColumns(
        plan.claims.map((claim) => [
          `${claim.claim} ${claim.cohort} -> ${claim.band}`,
          printPlaces(claim, showPlace),
        ]),
      ),
    ),
    section("provenance", alignColumns(printProvenance(plan.provenance, showPlace))),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** A heading with its lines beneath it; nothing where there are none. */
function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)];
}

/** Rows of cells with each column as wide as its widest cell. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function sizeOf({ shape }: PlanParameter): number {
  return shape.reduce((product, length) => product * length, 1);
}

function groupByLayer(parameters: readonly PlanParameter[]): readonly (readonly PlanParameter[])[] {
  const names = [...new Set(parameters.map(({ layer }) => layer))];
  return names.map((name) => parameters.filter(({ layer }) => layer === name));
}

function printBand({ name, extent, parameterCount }: PlanBand): readonly string[] {
  return [name, parameterCount === 0 ? "" : sayMany(parameterCount, "parameter"), printExtent(extent)];
}

/** `encoder/0, code units 0..15`. */
export function printExtent(extent: readonly LayerExtent[]): string {
  const parts = extent.map(({ layer, units }) =>
    units === "whole"
      ? layer
      : `${layer} units ${units.map(({ low, high }) => `${low}..${high}`).join(" and ")}`,
  );
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** The parameters of a layer are cut alike: its segments are printed once for all of them. */
function printLayer(
  parameters: readonly PlanParameter[],
  plan: TfjsPlan,
  showPlace: ShowPlace,
): readonly string[] {
  const [first] = parameters;
  if (first === undefined) return [];
  const roles = parameters.map(({ role, shape }) => `${role} [${shape.join(", ")}]`);
  return [
    `${first.layer}: ${roles.join(", ")}`,
    ...first.segments.flatMap((segment) => printSegment(segment, plan, showPlace)),
  ];
}

function printStub(
  { layer, kind, units, segments }: PlanStub,
  plan: TfjsPlan,
  showPlace: ShowPlace,
): readonly string[] {
  const size = units === undefined ? "" : `, ${sayMany(units, "unit")}`;
  return [
    `${layer}: ${kind}${size}`,
    ...segments.flatMap((segment) => printSegment(segment, plan, showPlace)),
  ];
}

function printSegment(segment: PlanSegment, plan: TfjsPlan, showPlace: ShowPlace): readonly string[] {
  const { units, bands } = segment;
  const part = units === "whole" ? "" : `units ${units.low}..${units.high} `;
  const rules = segment.rules.flatMap((index) => plan.rules[index] ?? []);
  const rows = rules.map((rule) => [
    `    ${rule.cohort}: ${sayWeight(rule.weight)}${printWindow(rule.window)}`,
    printPlaces(rule, showPlace),
  ]);
  const holders = bands.length === 0 ? "in no band" : `in ${bands.join(", ")}`;
  const silent = rules.length === 0 ? `: ${sayWeight(plan.defaultWeight)}, no rule speaks` : "";
  return [`  ${part}${holders}${silent}`, ...alignColumns(rows)];
}

/** ` from 2 epochs until 500 steps`, or nothing for a rule that is always in force. */
export function printWindow({ from, until }: Window): string {
  const begin = from === undefined ? "" : ` from ${sayDuration(from)}`;
  return `${begin}${until === undefined ? "" : ` until ${sayDuration(until)}`}`;
}

/** The line that says it, and where that was put in force: by an `apply`, by a profile. */
export function printPlaces(
  { span, via }: { readonly span: Span; readonly via: readonly Span[] },
  showPlace: ShowPlace = formatPlace,
): string {
  return [showPlace(span), ...via.toReversed().map((place) => `by way of ${showPlace(place)}`)].join(", ");
}

function printBound(bound: Bound, showPlace: ShowPlace): readonly string[] {
  return [
    `${sayBound(bound)}  ${printPlaces(bound, showPlace)}`,
    ...bound.arms.map(({ side, ladder }) => {
      const steps = ladder.map(({ action, after }) => {
        const said = sayAction(action);
        return after === undefined ? said : `${said} after ${sayDuration(after)}`;
      });
      return `  ${side}: ${steps.join(", then ")}`;
    }),
  ];
}

function printProvenance(provenance: Provenance, showPlace: ShowPlace): readonly (readonly string[])[] {
  const { require, verifyDigest, trace, retain, attest } = provenance;
  return [
    ...require.map(({ fields, otherwise, span }) => [
      `require ${fields.join(", ")} else ${otherwise}`,
      showPlace(span),
    ]),
    ...(verifyDigest === undefined ? [] : [["verify digest", showPlace(verifyDigest.span)]]),
    ...trace.map(({ bands, behaviors, every, top, span }) => {
      const toward = behaviors.length === 0 ? "" : ` toward ${behaviors.join(", ")}`;
      const most = top === undefined ? "" : ` top ${sayCount(top)}`;
      return [`trace ${bands.join(", ")}${toward} every ${sayDuration(every)}${most}`, showPlace(span)];
    }),
    ...(retain === undefined
      ? []
      : [
          [
            `retain ${retain.duration === "forever" ? "forever" : sayDuration(retain.duration)}`,
            showPlace(retain.span),
          ],
        ]),
    ...attest.map(({ moment, span }) => [`attest ${moment}`, showPlace(span)]),
  ];
}
