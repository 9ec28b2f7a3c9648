import { fixPolicy } from "../fix.ts";
import { lineEdits } from "../layout.ts";
import { diagnosticsIn, type Action, type ActionSetting } from "./action.ts";

/** The fixes that diagnostics carry. */
export function offerFixes(setting: ActionSetting): readonly Action[] {
  const { file } = setting.draft.parsed.source;
  return diagnosticsIn(setting).flatMap((diagnostic): readonly Action[] => {
    const { fix } = diagnostic;
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) return [];
    return [{ title: fix.title, kind: "quickfix", edits: fix.edits, diagnostic }];
  });
}

/** All of them at once, as `gov fix` applies them. */
export function offerFixAll({ draft }: ActionSetting): readonly Action[] {
  const { source } = draft.parsed;
  if (!draft.compilation.diagnostics.some(({ fix }) => fix !== undefined)) return [];
  const { text } = fixPolicy(draft.input, draft.compilation);
  if (text === source.text) return [];
  return [{ title: "apply all fixes", kind: "source.fixAll", edits: lineEdits(source, text) }];
}
