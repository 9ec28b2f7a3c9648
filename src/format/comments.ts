/**
 * Where comments go. They may stand anywhere, but there are only so many places where a comment can be printed and
 * found again at the same place: around the items of a block, and around the operands and elements that are set on
 * lines of their own when a comment is among them. A comment anywhere else in an item goes above the item.
 */
import type { AstPath, Doc, ParserOptions } from "prettier";
import { builders } from "prettier/doc";
import { childrenOf, type Node, type NodeKind } from "../syntax/walk.ts";
import type { Span } from "../source/span.ts";

const { hardline, join, literalline } = builders;

/** A comment as Prettier holds it; it writes its own notes into it. */
export interface AttachedComment {
  readonly kind: "Comment";
  readonly text: string;
  readonly span: Span;
  readonly precedingNode?: Node;
  readonly followingNode?: Node;
  readonly enclosingNode?: Node;
  leading?: boolean;
  trailing?: boolean;
  printed?: boolean;
}

export type Commented = Node & { comments?: AttachedComment[] };

/** Nodes that take a line, or several, of their own. */
const ITEMS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  "Header", "Import", "ParamDeclaration", "ModelDeclaration", "LayerStub", "ExampleDeclaration", "FieldDeclaration",
  "BandDeclaration", "CohortDeclaration", "ProfileDeclaration", "ProfileEntry", "BehaviorDeclaration",
  "RouteDeclaration", "DetachDeclaration", "ClaimDeclaration", "RulesetDeclaration", "ApplyDeclaration",
  "BoundDeclaration", "BoundArm", "ProvenanceDeclaration", "RequireClause", "VerifyClause", "TraceClause",
  "RetainClause", "AttestClause", "TestDeclaration", "GivenExample", "GivenField", "GivenMetric", "AtMoment",
  "ExpectWeight", "ExpectCohort", "ExpectAction",
]); // prettier-ignore

/** Nodes that end in a block, which may be empty but for comments. */
const BLOCKS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  "ModelDeclaration", "ExampleDeclaration", "ProfileDeclaration", "RulesetDeclaration", "BoundDeclaration",
  "ProvenanceDeclaration", "TestDeclaration", "GivenExample",
]); // prettier-ignore

/** The parents whose children are set on lines of their own when they do not fit on one. */
const LISTS: ReadonlySet<NodeKind> = new Set<NodeKind>(["LogicalPredicate", "BandOperation", "EnumType"]);

export function canAttachComment(node: Node, ancestors: readonly Node[]): boolean {
  const parent = ancestors[0]?.kind;
  return ITEMS.has(node.kind) || (parent !== undefined && LISTS.has(parent));
}

/** Takes the comments that Prettier would put where they cannot stay. */
export function placeComment(comment: AttachedComment, file: Node): boolean {
  const { enclosingNode, precedingNode, followingNode } = comment;
  if (precedingNode !== undefined && followingNode !== undefined) {
    // Between the head of a block and its first item.
    if (ITEMS.has(precedingNode.kind) || !ITEMS.has(followingNode.kind)) return false;
    attach(followingNode, comment, "leading");
    return true;
  }
  if (enclosingNode === undefined || ITEMS.has(enclosingNode.kind)) return false;
  if (precedingNode !== undefined || followingNode !== undefined) return false;
  attach(itemAround(file, comment.span), comment, "loose");
  return true;
}

/** A comment on its own line between two operands stays behind the first: the operator comes after it. */
export function placeOwnLineComment(comment: AttachedComment, file: Node): boolean {
  const { precedingNode, followingNode } = comment;
  if (precedingNode !== undefined && followingNode !== undefined && !ITEMS.has(followingNode.kind)) {
    attach(precedingNode, comment, "trailing");
    return true;
  }
  return placeComment(comment, file);
}

function itemAround(node: Node, span: Span): Node {
  const inner = childrenOf(node).find(
    (child) => child.span.start <= span.start && span.end <= child.span.end,
  );
  if (inner === undefined) return node;
  const item = itemAround(inner, span);
  return ITEMS.has(item.kind) ? item : node;
}

export function printComment({ text }: AttachedComment): Doc {
  return join(literalline, text.split("\n"));
}

export function isBlockComment(comment: AttachedComment): boolean {
  return comment.text.startsWith("/*");
}

/** The comments that are in the middle of a node: those behind its opening brace, and all others. */
export function looseComments(
  path: AstPath<Commented>,
  options: ParserOptions<Node>,
): { readonly inside: Doc; readonly above: Doc } {
  const { node } = path;
  const text = options.originalText;
  const inside: Doc[] = [];
  const above: Doc[] = [];
  if (node.comments === undefined) return { inside: "", above: "" };
  (path as AstPath).each((commentPath) => {
    // `comments` holds nothing else.
    const comment = commentPath.node as AttachedComment;
    if (comment.leading === true || comment.trailing === true) return;
    comment.printed = true;
    const doc = printComment(comment);
    if (!isInEmptyBlock(node, comment, text)) above.push(doc, hardline);
    else if (inside.length === 0) inside.push(doc);
    else inside.push(hardline, isBlankBefore(text, comment.span.start) ? hardline : "", doc);
  }, "comments");
  return { inside: inside.length === 0 ? "" : inside, above };
}

function isBlankBefore(text: string, offset: number): boolean {
  return /\n[ \t]*\n[ \t]*$/.test(text.slice(0, offset));
}

function isInEmptyBlock(node: Node, comment: AttachedComment, text: string): boolean {
  if (node.kind === "PolicyFile") return true;
  if (!BLOCKS.has(node.kind)) return false;
  const behind = text.slice(comment.span.end, node.span.end);
  return /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*\}$/.test(behind);
}

// The notes that Prettier itself makes. The tree is its own: the plugin's parser made it for this one call.
function attach(node: Commented, comment: AttachedComment, where: "leading" | "trailing" | "loose"): void {
  (node.comments ??= []).push(comment);
  comment.leading = where === "leading";
  comment.trailing = where === "trailing";
  comment.printed = false;
}
