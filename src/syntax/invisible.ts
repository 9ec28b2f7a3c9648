import type { IToken } from "chevrotain";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";
import { isBidirectionalControl } from "./bidirectional.ts";
import { INVISIBLE, readString, writeString } from "./string-text.ts";

/**
 * Texts that hold what cannot be seen, a zero-width space or a space that is not the ordinary one: they look equal to
 * others and are not. Bidirectional controls have a code of their own.
 */
export function findInvisibleCharacters(source: SourceText, texts: readonly IToken[]): readonly Diagnostic[] {
  return texts.flatMap(({ image, startOffset }) => {
    const hidden = [...image.matchAll(INVISIBLE)].filter(([character]) => !isBidirectionalControl(character));
    const [first] = hidden;
    if (first === undefined) return [];
    const codes = [...new Set(hidden.map(([character]) => codeOf(character)))].join(", ");
    const span = spanAt(source, startOffset, startOffset + image.length);
    const replacement = writeString(readString(image).value);
    return [
      diagnose("GOV1014", span, `this text holds what cannot be seen: ${codes}`, {
        label: `it is not the text that it looks like`,
        help: "remove it, or write it so that it shows",
        fix: { title: `write ${replacement}`, edits: [{ span, replacement }] },
      }),
    ];
  });
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
