/** What in a text leads elsewhere: modules, models, probes, the pages of diagnostic codes. */
import type { DiagnosticCode } from "../source/codes.ts";
import { isDiagnosticCode } from "../source/codes.ts";
import type { Span } from "../source/span.ts";
import { spanAt } from "../source/text.ts";
import type { StringLiteral } from "../syntax/ast.ts";
import { fileOf } from "./define.ts";
import type { Draft } from "./draft.ts";

export type Link =
  | { readonly kind: "file"; readonly span: Span; readonly file: string }
  | { readonly kind: "code"; readonly span: Span; readonly code: DiagnosticCode };

export function findLinks(draft: Draft): readonly Link[] {
  const { file, comments, source } = draft.parsed;
  const link = (kind: string, path: StringLiteral | undefined): readonly Link[] => {
    const target = path && fileOf(kind, path.value, draft);
    if (path === undefined || target === undefined) return [];
    return [{ kind: "file", span: spanAt(source, path.span.start + 1, path.span.end - 1), file: target }];
  };
  const codes = comments.flatMap(({ text, span }) =>
    [...text.matchAll(/GOV\d{4}/g)].flatMap(({ 0: code, index }): readonly Link[] =>
      isDiagnosticCode(code)
        ? [{ kind: "code", code, span: spanAt(source, span.start + index, span.start + index + code.length) }]
        : [],
    ),
  );
  return [
    ...file.imports.flatMap(({ path }) => link("Import", path)),
    ...file.declarations.flatMap((declaration) =>
      declaration.kind === "ModelDeclaration"
        ? link(declaration.kind, declaration.path)
        : declaration.kind === "BehaviorDeclaration"
          ? link(declaration.kind, declaration.probe)
          : [],
    ),
    ...codes,
  ];
}
