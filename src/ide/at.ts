/** What lies at an offset of a text: tokens, comments, and the nodes around it. */
import type { IToken } from "chevrotain";
import type { PolicyFile } from "../syntax/ast.ts";
import type { Comment } from "../syntax/comments.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { childrenOf, type Node } from "../syntax/walk.ts";

/** The nodes around an offset, the file first; a node's end belongs to it. */
export function nodesAt(file: PolicyFile, offset: number): readonly Node[] {
  const path: Node[] = [];
  for (let node: Node | undefined = file; node !== undefined;) {
    path.push(node);
    node = childrenOf(node).findLast(({ span }) => span.start <= offset && offset <= span.end);
  }
  return path;
}

/** How many tokens end at or before an offset. */
export function tokensBefore(tokens: readonly IToken[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const token = tokens[middle];
    if (token !== undefined && endOf(token) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The token around an offset or, between two, the one that ends there when it is a word. */
export function tokenAt(tokens: readonly IToken[], offset: number): IToken | undefined {
  const index = tokensBefore(tokens, offset);
  const next = tokens[index];
  if (next !== undefined && next.startOffset <= offset) return next;
  const before = tokens[index - 1];
  return before !== undefined && endOf(before) === offset ? before : undefined;
}

/** The comment that a cursor at an offset writes in: on a line, up to its end, with the blanks before that. */
export function commentAt(
  { comments, source }: Pick<ParsedFile, "comments" | "source">,
  offset: number,
): Comment | undefined {
  return comments.find(({ span, placement }) =>
    placement === "block"
      ? span.start < offset && offset < span.end
      : span.start < offset && /^[^\S\n\r]*$/.test(source.text.slice(span.end, offset)),
  );
}

/** The offset behind a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}
