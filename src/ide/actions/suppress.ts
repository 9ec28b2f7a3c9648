import { lineText, spanAt } from "../../source/text.ts";
import { diagnosticsIn, type Action, type ActionSetting } from "./action.ts";

/** A `gov-ignore` above the line, with room for the reason that it must give; errors are not ignored. */
export function offerSuppressions(setting: ActionSetting): readonly Action[] {
  const { source } = setting.draft.parsed;
  return diagnosticsIn(setting)
    .filter(({ severity, code }) => severity !== "error" && code !== "GOV1012" && code !== "GOV7004")
    .map((diagnostic) => {
      const { line } = diagnostic.labels[0].span;
      const start = source.lineStarts[line - 1] ?? 0;
      const indent = /^[ \t]*/.exec(lineText(source, line))?.[0] ?? "";
      const replacement = `${indent}// gov-ignore ${diagnostic.code}: say here why this is fine\n`;
      return {
        title: `ignore ${diagnostic.code} here, with a reason`,
        kind: "quickfix",
        edits: [{ span: spanAt(source, start, start), replacement }],
        diagnostic,
      };
    });
}
