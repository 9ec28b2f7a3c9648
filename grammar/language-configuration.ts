/** How editors type a `.gov` file where no server helps: its comments, brackets and words, from the tokens. */
import type { TokenType } from "chevrotain";
import { NAME } from "./tm-language.ts";
import { BraceClose, BraceOpen, ParenthesisClose, ParenthesisOpen } from "./tokens.ts";

/** `language-configuration.json`, in the form that VS Code reads, ready to be written. */
export function writeLanguageConfiguration(): string {
  const pairs = [
    [BraceOpen, BraceClose],
    [ParenthesisOpen, ParenthesisClose],
  ].map((pair) => pair.map(textOf));
  const [[open = "", close = ""] = []] = pairs;
  const quote = { open: '"', close: '"', notIn: ["string", "comment"] };
  const closing = pairs.map(([first, last]) => ({ open: first, close: last, notIn: ["string", "comment"] }));
  const configuration = {
    comments: { lineComment: "//", blockComment: ["/*", "*/"] },
    brackets: pairs,
    autoClosingPairs: [...closing, quote],
    surroundingPairs: [...pairs, ['"', '"']],
    colorizedBracketPairs: pairs,
    // What a double click takes: a name, `25%`, `0.5`.
    wordPattern: { pattern: `${NAME}|\\d[\\d_]*(?:\\.\\d+)?%?`, flags: "u" },
    indentationRules: {
      increaseIndentPattern: `^[^"]*${escape(open)}[^"${escape(close)}]*$`,
      decreaseIndentPattern: `^\\s*${escape(close)}`,
    },
    onEnterRules: [
      // The documentation of a declaration goes on in the next line.
      { beforeText: "^\\s*///(?!/)", action: { indent: "none", appendText: "/// " } },
      {
        beforeText: `${escape(open)}\\s*$`,
        afterText: `^\\s*${escape(close)}`,
        action: { indent: "indentOutdent" },
      },
    ],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

function textOf({ PATTERN }: TokenType): string {
  if (typeof PATTERN !== "string") throw new Error("a bracket is a text");
  return PATTERN;
}

function escape(text: string): string {
  return text.replace(/[{}]/g, "\\$&");
}
