/** Gov for Prettier: `prettier --plugin strata-gov/prettier policy.gov`, and the road that `gov fmt` takes. */
import type { Parser, Printer, SupportLanguage } from "prettier";
import type { Diagnostic } from "../source/diagnostic.ts";
import { createSourceText } from "../source/text.ts";
import { moved } from "../syntax/moved.ts";
import { parse, type ParsedFile } from "../syntax/parse.ts";
import { childrenOf, type Node } from "../syntax/walk.ts";
import {
  canAttachComment,
  isBlockComment,
  placeComment,
  placeOwnLineComment,
  printComment,
  type AttachedComment,
} from "./comments.ts";
import { printNode } from "./printer.ts";

export const languages: SupportLanguage[] = [
  { name: "Gov", parsers: ["gov"], extensions: [".gov"], vscodeLanguageIds: ["gov"] },
];

/** The style of Gov where nothing else is asked for. */
export const defaultOptions = { printWidth: 100, tabWidth: 2, useTabs: false };

/** @param known A text that has been parsed already. */
export function parserOf(known?: ParsedFile): Parser<Node> {
  return {
    astFormat: "gov",
    locStart: ({ span }) => span.start,
    locEnd: ({ span }) => span.end,
    // Prettier gives the text with other line ends where they are not its own.
    parse: (text) =>
      treeOf(known?.source.text === text ? known : parse(createSourceText("policy.gov", text))),
  };
}

export const parsers: Record<string, Parser<Node>> = { gov: parserOf() };

const govPrinter: Printer<Node> = {
  print: printNode,
  getCommentChildNodes: (node) => [...childrenOf(node)],
  canAttachComment: (node, ancestors) => canAttachComment(node, ancestors),
  isBlockComment: (comment) => isBlockComment(comment as unknown as AttachedComment),
  printComment: ({ node }) => printComment(node as unknown as AttachedComment),
  handleComments: {
    ownLine: (comment: AttachedComment, _text, _options, file: Node) => placeOwnLineComment(comment, file),
    endOfLine: (comment: AttachedComment, _text, _options, file: Node) => placeComment(comment, file),
    remaining: (comment: AttachedComment, _text, _options, file: Node) => placeComment(comment, file),
  },
};

export const printers: Record<string, Printer<Node>> = { gov: govPrinter };

function treeOf({ file, comments, diagnostics, complete }: ParsedFile): Node {
  if (!complete) throw syntaxError(diagnostics.find(({ severity }) => severity === "error"));
  // Prettier takes the comments from the root of the tree and hangs them into it.
  const attached = comments.map(({ text: written, span }): AttachedComment => ({
    kind: "Comment",
    text: written,
    span,
  }));
  return Object.assign(moved(file, { offsets: 0, lines: 0 }), { comments: attached });
}

/** What Prettier takes for a mistake in the text: it shows the place. */
function syntaxError(diagnostic: Diagnostic | undefined): Error {
  const { message = "the policy cannot be read", labels } = diagnostic ?? {};
  const { line, column } = labels?.[0].span ?? { line: 1, column: 1 };
  return Object.assign(new SyntaxError(`${message} (${line}:${column})`), {
    loc: { start: { line, column } },
  });
}
