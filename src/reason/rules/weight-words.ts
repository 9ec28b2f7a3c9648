import { diagnose } from "../../source/diagnostic.ts";
import type { Declaration, Weight } from "../../syntax/ast.ts";
import { walk, type Node } from "../../syntax/walk.ts";
import type { ReviewRule } from "./context.ts";

/** The weights 1 and 0 in digits, which have words (GOV7002). */
export const findWeightsInDigits: ReviewRule = ({ bound }) => {
  const weights: Weight[] = [];
  for (const declaration of bound.entry.file.declarations)
    if (WEIGHING.has(declaration.kind)) walk(declaration, (node) => void weights.push(...weightsOf(node)));
  return weights.flatMap((weight) => {
    const word = weight.kind !== "NumberLiteral" ? undefined : WORDS.get(weight.value);
    if (word === undefined || weight.kind !== "NumberLiteral") return [];
    return [
      diagnose("GOV7002", weight.span, `the weight ${weight.raw} is called \`${word}\``, {
        fix: { title: `write \`${word}\``, edits: [{ span: weight.span, replacement: word }] },
      }),
    ];
  });
};

const WEIGHING: ReadonlySet<Declaration["kind"]> = new Set([
  "ProfileDeclaration",
  "RouteDeclaration",
  "BoundDeclaration",
  "RulesetDeclaration",
  "TestDeclaration",
]);

const WORDS: ReadonlyMap<number, string> = new Map([
  [0, "block"],
  [1, "full"],
]);

function weightsOf(node: Node): readonly Weight[] {
  switch (node.kind) {
    case "RouteDefault":
    case "RouteToBands":
    case "ProfileEntry":
    case "ExpectWeight":
      return [node.weight];
    case "ScaleAction":
      return [node.to];
    default:
      return [];
  }
}
