import fc from "fast-check";
import { createSourceText } from "../../src/source/text.ts";
import { lex } from "../../src/syntax/lex.ts";

/** Puts up to four comments between random tokens of random texts. */
export function commented(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const comment = fc.constantFrom(
    " // line\n", "\n// own line\n", "\n\n// set off\n\n", " /* block */ ", "\n/* own block */\n", " /* two\n   lines */ ",
    "\n/// documentation\n", " /// behind\n",
  ); // prettier-ignore
  const insertion = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), comment);
  return fc.tuple(texts, fc.array(insertion, { minLength: 1, maxLength: 4 })).map(([text, insertions]) => {
    const { tokens } = lex(createSourceText("policy.gov", text));
    const gaps = [0, ...tokens.map(({ startOffset, image }) => startOffset + image.length)];
    const places = insertions.map(([share, written], index) => ({
      offset: gaps[Math.floor(share * (gaps.length - 1))] ?? 0,
      // Numbered, so that a comment that is lost, doubled or merged with another one shows.
      written: written.replace(
        /line|off|block|lines|documentation|behind/,
        (word) => `${word} ${String(index)}`,
      ),
    }));
    return places
      .toSorted((left, right) => right.offset - left.offset)
      .reduce((done, { offset, written }) => done.slice(0, offset) + written + done.slice(offset), text);
  });
}
