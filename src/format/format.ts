import { format } from "prettier/standalone";
import type { Diagnostic } from "../source/diagnostic.ts";
import { createSourceText } from "../source/text.ts";
import { parse, type ParsedFile } from "../syntax/parse.ts";
import { sameSyntax } from "../syntax/walk.ts";
import * as gov from "./prettier-plugin.ts";

export interface Formatting {
  /** Absent when the text has syntax errors: it is left as it is. */
  readonly formatted?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A policy in its canonical layout. Never loses a comment and never changes what the policy says. */
export async function formatText(text: string): Promise<Formatting> {
  return await formatFile(parse(createSourceText("policy.gov", text)));
}

/** The same of a policy that has been parsed already. */
export async function formatFile(before: ParsedFile): Promise<Formatting> {
  const { source, diagnostics } = before;
  if (!before.complete) return { diagnostics };
  const formatted = await format(source.text, {
    ...gov.defaultOptions,
    parser: "gov",
    plugins: [{ ...gov, parsers: { gov: gov.parserOf(before) } }],
    endOfLine: "lf",
  });
  if (formatted === source.text) return { formatted, diagnostics };
  const after = parse(createSourceText(source.file, formatted), before);
  assertKept(before, after);
  return { formatted, diagnostics };
}

// INVARIANT: what is written back says the same, with the same comments. A breach is our defect, and the user's
// file must not pay for it.
function assertKept(before: ParsedFile, after: ParsedFile): void {
  // A `///` comment in the middle of a declaration goes above it, and then documents it.
  if (!after.complete || !sameSyntax(before.file, after.file, ["span", "documentation"])) {
    throw new Error("formatting would have changed the meaning of the policy; nothing was written");
  }
  if (commentsOf(before).join("\n") !== commentsOf(after).join("\n")) {
    throw new Error("formatting would have changed a comment of the policy; nothing was written");
  }
}

function commentsOf({ comments }: ParsedFile): readonly string[] {
  return comments.map(({ text }) => text.replace(/\r\n?/g, "\n")).toSorted();
}
