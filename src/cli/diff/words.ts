/** Sentences in which the text of policies is kept apart from ours, so that each format can set it in its way. */

export type Words = readonly (string | Quoted)[];

/** Text of a policy, or of an example: whatever is in it, it means nothing to the format. */
export interface Quoted {
  readonly quoted: string;
}

export function quote(text: string): Quoted {
  return { quoted: text };
}

/** Quoted texts with commas between them. */
export function listQuoted(texts: readonly string[], separator = ", "): Words {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : [separator]), quote(text)]);
}

export function setWords(words: Words, setQuoted: (text: string) => string): string {
  return words.map((word) => (typeof word === "string" ? word : setQuoted(word.quoted))).join("");
}
