import { diagnose } from "../../source/diagnostic.ts";
import type { ReviewRule } from "./context.ts";
import { rulesIn } from "./syntax.ts";

/** Actions that are never taken, since the run has halted before them (GOV5012). */
export const findActionsAfterHalt: ReviewRule = ({ bound }) => {
  const arms = rulesIn(bound.entry.file).flatMap((rule) =>
    rule.kind === "BoundDeclaration" ? rule.arms : [],
  );
  return arms.flatMap(({ ladder }) => {
    const index = ladder.findIndex(({ action }) => action.kind === "SimpleAction" && action.name === "halt");
    const [halt, next] = [ladder[index], ladder[index + 1]];
    if (halt === undefined || next === undefined) return [];
    return [
      diagnose("GOV5012", next.action.span, "this action is never taken: the run has halted before it", {
        related: [{ span: halt.action.span, text: "halts" }],
        help: "let `halt` be the last of the actions",
      }),
    ];
  });
};
