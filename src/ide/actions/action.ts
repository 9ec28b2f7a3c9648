import type { Diagnostic, TextEdit } from "../../source/diagnostic.ts";
import { lineText, spanAt, type SourceText } from "../../source/text.ts";
import type { Draft } from "../draft.ts";
import type { Surroundings } from "../complete.ts";
import type { Offsets } from "../layout.ts";

/** The kinds that editors know, so that a key may be bound to one. */
export type ActionKind =
  | "quickfix" | "refactor.extract" | "refactor.rewrite" | "source.fixAll" | "source.organizeImports"; // prettier-ignore

/** A change of a policy's own file that an editor offers. */
export interface Action {
  readonly title: string;
  readonly kind: ActionKind;
  readonly edits: readonly TextEdit[];
  /** What it removes. */
  readonly diagnostic?: Diagnostic;
}

export interface ActionSetting {
  readonly draft: Draft;
  readonly range: Offsets;
  readonly surroundings: Surroundings;
}

/** The diagnostics of the policy's own file that a range touches. */
export function diagnosticsIn({ draft, range }: ActionSetting): readonly Diagnostic[] {
  return draft.compilation.diagnostics.filter(({ labels: [{ span }] }) => {
    const isOwn = span.file === draft.parsed.source.file;
    return isOwn && span.start <= range.end && range.start <= span.end;
  });
}

/** A text put in above the line of an offset, and above the comments that stand right above that line. */
export function insertAbove(source: SourceText, offset: number, text: string): TextEdit {
  let { line } = spanAt(source, offset, offset);
  while (line > 1 && /^\s*\/\//.test(lineText(source, line - 1))) line -= 1;
  const start = source.lineStarts[line - 1] ?? 0;
  return { span: spanAt(source, start, start), replacement: text };
}

/** A name that the policy's own file does not have yet. */
export function freshName(base: string, { compilation, parsed }: Draft): string {
  const taken = compilation.bound.scopes.get(parsed.source.file);
  const isTaken = (name: string): boolean => name === "all" || taken?.has(name) === true;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!isTaken(name)) return name;
  }
}
