import { tokenMatcher, type IToken } from "chevrotain";
import { Greater, Less, keywords as word, ParenthesisClose, ParenthesisOpen } from "../../grammar/tokens.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";
import { looksLikeUnit } from "./outline.ts";

/** What opens a level or closes one; nearly all text is at none, and has none of it. */
const NESTING: ReadonlySet<IToken["tokenType"]> = new Set([
  ...[ParenthesisOpen, ParenthesisClose, word.not],
  ...[word.set, Less, Greater],
]);

/** What is nested deeper than a person reads would be too deep for the stack as well. */
const DEEPEST = 50;

/** The tokens of a file without what opens a level beyond the deepest, each stretch of which is reported once. */
export function limitNesting(
  source: SourceText,
  tokens: readonly IToken[],
): { readonly tokens: readonly IToken[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const kept: IToken[] = [];
  /** For each open parenthesis, whether it was kept, and the levels in front of it that it belongs to. */
  const open: { readonly isKept: boolean; readonly before: number }[] = [];
  /** Levels that were opened without a sign to close them: `not`, and the `set<` of a type. */
  let pending = 0;
  /** Of `set<`, those that were left out and wait for their `>`. */
  let cut = 0;
  let state: "fine" | "reported" = "fine";
  const isAt = (index: number, type: IToken["tokenType"]): boolean => {
    const token = tokens[index];
    return token !== undefined && tokenMatcher(token, type);
  };
  tokens.forEach((token, index) => {
    if (open.length + pending + cut === 0 && !NESTING.has(token.tokenType)) {
      state = "fine";
      kept.push(token);
      return;
    }
    if (open.length > 0 && looksLikeUnit({ source, tokens }, index)) open.length = 0;
    const depth = (open.at(-1)?.before ?? 0) + open.length + pending;
    if (depth === 0) state = "fine";
    const isParenthesis = isAt(index, ParenthesisOpen);
    const opens = isParenthesis || isAt(index, word.not) || (isAt(index, word.set) && isAt(index + 1, Less));
    const isKept = !opens || depth < DEEPEST;
    if (!isKept && state === "fine") {
      state = "reported";
      diagnostics.push(complaint(source, token));
    }
    if (isParenthesis) {
      open.push({ isKept, before: (open.at(-1)?.before ?? 0) + pending });
      pending = 0;
    } else if (opens) pending += 1;
    // The sign after `set` belongs to it.
    else if (!isAt(index, Less) || !isAt(index - 1, word.set)) pending = 0;
    const closed = isAt(index, ParenthesisClose) ? open.pop() : undefined;
    const isOfSet = isAt(index, Less) && isAt(index - 1, word.set);
    if (!isKept && isAt(index, word.set)) cut += 1;
    else if (isOfSet && depth > DEEPEST) return;
    else if (cut > 0 && isAt(index, Greater)) cut -= 1;
    else if (isKept && closed?.isKept !== false) kept.push(token);
  });
  return { tokens: diagnostics.length === 0 ? tokens : kept, diagnostics };
}

function complaint(source: SourceText, { startOffset, image }: IToken): Diagnostic {
  const span = spanAt(source, startOffset, startOffset + image.length);
  return diagnose("GOV1013", span, `nested too deeply: ${DEEPEST} levels are the most`, {
    help: "give parts of it names of their own",
  });
}
