import type { CstNode, IToken } from "chevrotain";
import type { DiagnosticCode } from "../../source/codes.ts";
import { spanAt, type SourceText } from "../../source/text.ts";
import type { Span } from "../../source/span.ts";
import type { Name, Reference } from "../ast.ts";

/** What the builders of the tree need beside the parse: the text, its documentation, somewhere to report to. */
export interface TreeContext {
  readonly source: SourceText;
  /** The `///` lines right above an offset, without the slashes. */
  readonly documentationAt: (offset: number) => string | undefined;
  readonly report: (code: DiagnosticCode, span: Span, message: string, help: string) => void;
}

/** The first of a list that the grammar never leaves empty. */
export function first<Item>(items: readonly Item[] | undefined): Item {
  const item = items?.[0];
  if (item === undefined) throw new Error("the parse lacks a part that its rule demands");
  return item;
}

export function spanOf(context: TreeContext, node: CstNode): Span {
  const { location } = node;
  if (location === undefined) throw new Error(`the parse of a ${node.name} has no place`);
  return spanAt(context.source, location.startOffset, (location.endOffset ?? location.startOffset) + 1);
}

export function tokenSpan(context: TreeContext, token: IToken): Span {
  return spanAt(context.source, token.startOffset, (token.endOffset ?? token.startOffset) + 1);
}

export function buildName(context: TreeContext, tokens: readonly IToken[] | undefined): Name {
  const token = first(tokens);
  return { kind: "Name", span: tokenSpan(context, token), text: token.image };
}

export function buildNames(context: TreeContext, tokens: readonly IToken[] | undefined): readonly Name[] {
  return (tokens ?? []).map((token) => buildName(context, [token]));
}

export function buildReference(context: TreeContext, tokens: readonly IToken[] | undefined): Reference {
  const name = buildName(context, tokens);
  return { kind: "Reference", span: name.span, name };
}

/** `///` lines above a declaration or field, as the property that it may have. */
export function documentationOf(context: TreeContext, span: Span): { readonly documentation?: string } {
  const documentation = context.documentationAt(span.start);
  return documentation === undefined ? {} : { documentation };
}

/** The word of a token whose type admits only these words. */
export function wordOf<Word extends string>(tokens: readonly IToken[] | undefined): Word {
  // The token's type is the closed set that the caller names; its image is therefore one of the words.
  return first(tokens).image as Word;
}
