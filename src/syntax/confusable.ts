import type { IToken } from "chevrotain";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { spanAt, type SourceText } from "../source/text.ts";

/** Names that look like other names: letters of another script that pass for Latin ones. Each name once. */
export function findConfusables(source: SourceText, names: readonly IToken[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return names.flatMap((token) => {
    if (PLAIN.test(token.image)) return [];
    const foreign = [...token.image].filter((letter) => LOOK_ALIKES.has(letter) || isFullWidth(letter));
    if (foreign.length === 0 || seen.has(token.image) || isWordOfItsScript(token.image)) return [];
    seen.add(token.image);
    const plain = toPlain(token.image);
    const spanOf = ({ startOffset, image }: IToken): Span =>
      spanAt(source, startOffset, startOffset + image.length);
    // Everywhere, so that the name goes on meaning one thing.
    const edits = names
      .filter(({ image }) => image === token.image)
      .map((same) => ({ span: spanOf(same), replacement: plain }));
    const letter = foreign[0] ?? "";
    const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return [
      diagnose("GOV1008", spanOf(token), `the name \`${token.image}\` can be taken for \`${plain}\``, {
        label: `\`${letter}\` is U+${code}, not \`${toPlain(letter)}\``,
        help: "write the name in the letters of one script",
        fix: { title: `write \`${plain}\``, edits },
      }),
    ];
  });
}

const PLAIN = /^[\x20-\x7e]*$/;

// Cyrillic and Greek letters that are drawn like Latin ones (from Unicode's confusables.txt, TR39).
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: "a", с: "c", ԁ: "d", е: "e", һ: "h", і: "i", ј: "j", ӏ: "l", о: "o", р: "p", ԛ: "q", ѕ: "s", ԝ: "w", х: "x",
    у: "y", А: "A", В: "B", С: "C", Е: "E", Н: "H", І: "I", Ј: "J", К: "K", М: "M", О: "O", Р: "P", Ѕ: "S", Т: "T",
    Х: "X", У: "Y", Ү: "Y", ѵ: "v", ɡ: "g", ı: "i", ο: "o", ν: "v", α: "a", ι: "i", ρ: "p", υ: "u", Α: "A", Β: "B",
    Ε: "E", Ζ: "Z", Η: "H", Ι: "I", Κ: "K", Μ: "M", Ν: "N", Ο: "O", Ρ: "P", Τ: "T", Υ: "Y", Χ: "X",
  }),
); // prettier-ignore

function toPlain(name: string): string {
  return Array.from(name, (letter) => LOOK_ALIKES.get(letter) ?? letter.normalize("NFKC")).join("");
}

function isFullWidth(letter: string): boolean {
  return /[\uff10-\uff5a]/.test(letter);
}

// `слой` holds look-alikes but is plainly Cyrillic; `сор` could be either, and is reported.
function isWordOfItsScript(name: string): boolean {
  return (
    !/[A-Za-z]/.test(name) &&
    [...name].some((letter) => /\p{L}/u.test(letter) && !/[A-Za-z]/.test(toPlain(letter)))
  );
}
