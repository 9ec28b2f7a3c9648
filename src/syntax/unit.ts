/** One parse of one unit (the header, an import or a declaration) from the head of a list of tokens. */
import { EOF, NotAllInputParsedException, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import type { DeclarationCstNode, HeaderCstNode, ImportCstNode } from "../../grammar/cst.gen.ts";
import { GovParser } from "../../grammar/parser.ts";
import { createFollowTokens, type NextToken } from "./next-tokens.ts";
import { once } from "./once.ts";

export type UnitNode = HeaderCstNode | ImportCstNode | DeclarationCstNode;
export type UnitRule = UnitNode["name"];

export type UnitParse =
  /** `end` is the index of the first token behind the unit. */
  | { readonly kind: "whole"; readonly node: UnitNode; readonly end: number }
  /** `at` is the index of the token that does not fit, or the number of tokens when more are needed. */
  | {
      readonly kind: "broken";
      readonly at: number;
      /** A phrase: "`:` after the field name", "a weight". */
      readonly expected: string;
      /** The innermost rule that was being read. */
      readonly rule: string;
    };

export function parseUnit(rule: UnitRule, tokens: readonly IToken[]): UnitParse {
  const parser = sharedParser();
  parser.input = [...tokens];
  const node = RULES[rule](parser);
  const error = parser.errors[0];
  if (error === undefined) return { kind: "whole", node, end: tokens.length };
  const at = error.token.tokenType === EOF ? tokens.length : tokens.indexOf(error.token);
  if (error instanceof NotAllInputParsedException) return { kind: "whole", node, end: at };
  return { kind: "broken", at, expected: error.message, rule: error.context.ruleStack.at(-1) ?? rule };
}

/** Every token that may stand behind the beginning of a unit; none where the beginning cannot be read. */
export function nextTokens(rule: UnitRule, tokens: readonly IToken[]): readonly NextToken[] {
  return sharedFollower()(rule, tokens);
}

const RULES: Readonly<Record<UnitRule, (parser: GovParser) => UnitNode>> = {
  // The generated types describe exactly what these rules return; Chevrotain itself only says `CstNode`.
  header: (parser) => parser.header() as HeaderCstNode,
  import: (parser) => parser.import() as ImportCstNode,
  declaration: (parser) => parser.declaration() as DeclarationCstNode,
};

// The message of an error is what was expected; `recover.ts` makes the sentence.
const EXPECTATIONS: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: ({ customUserDescription, expectedPathsPerAlt }) =>
    customUserDescription ??
    listOf(expectedPathsPerAlt.flatMap((paths) => paths.map(([type]) => type?.LABEL ?? ""))),
  buildEarlyExitMessage: ({ customUserDescription, expectedIterationPaths }) =>
    customUserDescription ?? listOf(expectedIterationPaths.map(([type]) => type?.LABEL ?? "")),
};

function listOf(labels: readonly string[]): string {
  const [last, ...others] = [...new Set(labels)].toReversed();
  return others.length === 0 ? (last ?? "") : `${others.toReversed().join(", ")} or ${last ?? ""}`;
}

const sharedFollower = once(() => createFollowTokens(sharedParser().getGAstProductions()));

const sharedParser = once(() => new GovParser({ validate: false, messages: EXPECTATIONS }));
