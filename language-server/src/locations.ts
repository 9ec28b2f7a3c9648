/** Places in files of a project, as the protocol says them. */
import type { Location, Range, TextEdit as ProtocolEdit, WorkspaceEdit } from "vscode-languageserver/node";
import type { TextEdit } from "../../src/source/diagnostic.ts";
import type { Span } from "../../src/source/span.ts";
import type { Draft } from "../../src/ide/draft.ts";
import { rangeOf } from "./places.ts";
import { uriOfKey, type Located } from "./workspace.ts";

/** A span of any file that a policy reads. */
export function locationOf(span: Span, located: Located): Location {
  return { uri: uriOf(span.file, located), range: spanRange(span, located.draft) };
}

/** The policy's own file keeps the URI that the client calls it by. */
export function uriOf(file: string, { uri, root, draft }: Located): string {
  return file === draft.parsed.source.file ? uri : uriOfKey(root, file);
}

export function spanRange(span: Span, { compilation }: Draft): Range {
  const source = compilation.files.get(span.file)?.source;
  const start = { line: span.line - 1, character: span.column - 1 };
  return source === undefined ? { start, end: start } : rangeOf(source, span);
}

export function protocolEdits(edits: readonly TextEdit[], { draft }: Located): ProtocolEdit[] {
  return edits.map(({ span, replacement }) => ({ range: spanRange(span, draft), newText: replacement }));
}

/** Edits in several files; each is said once, whichever policies it was found by. */
export function workspaceEdit(edits: readonly TextEdit[], locateds: readonly Located[]): WorkspaceEdit {
  const changes: Record<string, ProtocolEdit[]> = {};
  const seen = new Set<string>();
  for (const edit of edits) {
    const located = locateds.find(({ draft }) => draft.compilation.files.has(edit.span.file));
    if (located === undefined) continue;
    const uri = uriOf(edit.span.file, located);
    const key = `${uri} ${edit.span.start} ${edit.span.end}`;
    if (seen.has(key)) continue;
    seen.add(key);
    (changes[uri] ??= []).push(...protocolEdits([edit], located));
  }
  return { changes };
}
