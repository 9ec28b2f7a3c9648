import { diagnose } from "../../source/diagnostic.ts";
import { spanAt } from "../../source/text.ts";
import type { Declaration, Window } from "../../syntax/ast.ts";
import type { ReviewRule } from "./context.ts";
import { rulesIn } from "./syntax.ts";

/** `from 0 steps`, which leaves nothing out (GOV7008). */
export const findWindowsFromTheStart: ReviewRule = ({ bound }) => {
  const windows = rulesIn(bound.entry.file).flatMap((rule) => windowOf(rule) ?? []);
  const { source } = bound.entry;
  return windows.flatMap(({ from, until, span }) => {
    if (from?.count.kind !== "NumberLiteral" || from.count.value !== 0) return [];
    const isLast = until !== undefined && until.span.end < from.span.start;
    const start = isLast ? until.span.end : span.start;
    const end = isLast || until === undefined ? span.end : textStart(source.text, from.span.end);
    return [
      diagnose("GOV7008", from.span, "everything is `from` the start unless it says otherwise", {
        fix: { title: "remove it", edits: [{ span: spanAt(source, start, end), replacement: "" }] },
      }),
    ];
  });
};

function windowOf(rule: Declaration): Window | undefined {
  if (rule.kind === "DetachDeclaration") return rule.window;
  if (rule.kind !== "RouteDeclaration" || rule.route.kind === "RouteDefault") return undefined;
  return rule.route.window;
}

/** Where the next word begins. */
function textStart(text: string, from: number): number {
  return from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
}
