import type { Band } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Cell } from "../cells.ts";
import { placeOfName, type ReviewContext, type ReviewRule } from "./context.ts";

/** Bands on which every example has weight 0 at all times (GOV5009); a claim `never all -> band` says that it is meant. */
export const findStarvedBands: ReviewRule = (context) =>
  context.policy.bands.flatMap((band): readonly Diagnostic[] => {
    const place = placeOfName(band.name, "band", context);
    const cells = context.cells.filter((cell) => cell.has(band.name));
    if (place === undefined || cells.length === 0 || isMeant(band, cells, context)) return [];
    if (!cells.every((cell) => context.isStarved(cell))) return [];
    const { policy } = context;
    const rules = policy.rules.filter(
      (rule) => rule.weight === 0 && cells.some((cell) => cell.has(rule.band)),
    );
    const places = new Map(rules.map(({ span }) => [`${span.file} ${span.start}`, span]));
    const { weight, span } = policy.defaultWeight;
    return [
      diagnose("GOV5009", place.span, `no example may ever train band \`${band.name}\``, {
        related: [
          ...[...places.values()].slice(0, 3).map((blocking) => ({ span: blocking, text: "blocks it" })),
          ...(rules.length === 0 && weight === 0 && span !== undefined
            ? [{ span, text: "decides where no rule speaks" }]
            : []),
        ],
        help: `where it is meant to stay as it is, claim it: \`never all -> ${band.name}\``,
      }),
    ];
  });

function isMeant(band: Band, cells: readonly Cell[], { policy }: ReviewContext): boolean {
  const frozen = policy.claims.filter(({ claim, cohort }) => claim === "never" && cohort === "all");
  return cells.every((cell) => frozen.some((claim) => claim.band === band.name || cell.has(claim.band)));
}
