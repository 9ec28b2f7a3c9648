/** Damaged texts, the n-th of a seed always the same: bytes, words and signs, and pieces of other texts. */

/** The `index`-th mutant of some texts, with one to `most` changes. */
export function mutantOf(texts: readonly string[], index: number, most = 4): string {
  const random = createRandom(index);
  let text = random.pick(texts);
  for (let count = 1 + random.below(most); count > 0; count -= 1)
    text = random.pick(MUTATIONS)(text, random, texts).slice(0, LONGEST);
  return text;
}

/** Of any text; beyond, only the time it takes would grow. */
const LONGEST = 20_000;

interface Random {
  /** A whole number from 0, below `limit`. */
  readonly below: (limit: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** Mulberry32 (Tommy Ettinger, public domain), 32 bits of state. */
function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_769) >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("there is nothing to pick from");
      return item;
    },
  };
}

type Mutation = (text: string, random: Random, texts: readonly string[]) => string;

const MUTATIONS: readonly Mutation[] = [
  // Bytes, as a bad disk or a wrong encoding leaves them.
  (text, { below }) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes[below(bytes.length)] = below(256);
    return bytes.toString("utf8");
  },
  (text, { below }) => replaceAt(text, below(text.length + 1), 1 + below(3), ""),
  (text, { below }) => replaceAt(text, below(text.length + 1), 0, String.fromCodePoint(below(0x3000))),
  // Words and signs, as people leave them.
  (text, random) => onToken(text, random, () => ""),
  (text, random) => onToken(text, random, (token) => `${token} ${token}`),
  (text, random, texts) => onToken(text, random, () => random.pick(tokensOf(random.pick(texts)))),
  (text, random) => onToken(text, random, () => random.pick(ODD)),
  (text, random) => onToken(text, random, (token) => token.repeat(2 + random.below(120))),
  (text, random) => onToken(text, random, (token) => `${token}${random.pick(SIGNS)}`),
  (text, random) => {
    const tokens = tokensOf(text);
    const other = random.pick(tokens);
    return onToken(text, random, () => other);
  },
  // Pieces, as copying and merging leave them.
  (text, { below }) => replaceAt(text, below(text.length + 1), below(200), ""),
  (text, { below }) => text.slice(0, below(text.length + 1)),
  (text, { below, pick }, texts) => {
    const other = pick(texts);
    const start = below(other.length + 1);
    return replaceAt(text, below(text.length + 1), below(40), other.slice(start, start + below(300)));
  },
  (text, random, texts) => {
    const lines = text.split("\n");
    lines.splice(random.below(lines.length + 1), random.below(3), ...somePart(random.pick(texts), random));
    return lines.join("\n");
  },
  (text, random) => {
    const lines = text.split("\n");
    const [moved = ""] = lines.splice(random.below(lines.length), 1);
    return lines.toSpliced(random.below(lines.length + 1), 0, moved).join("\n");
  },
  (text, random, texts) => `${text}\n${random.pick(texts)}`,
];

function somePart(text: string, { below }: Random): readonly string[] {
  const lines = text.split("\n");
  const start = below(lines.length);
  return lines.slice(start, start + 1 + below(8));
}

function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [""];
}

const TOKEN = /"[^"\n]*"|\/\/.*|[\p{L}_][\p{L}\p{N}_]*|\d[\d_.]*|->|=>|\.\.|[<>!=]=|[^\s]/gu;

function onToken(text: string, random: Random, change: (token: string) => string): string {
  const found = [...text.matchAll(TOKEN)];
  if (found.length === 0) return text;
  const { 0: token, index } = random.pick(found);
  return replaceAt(text, index, token.length, change(token));
}

function replaceAt(text: string, start: number, length: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(start + length);
}

const SIGNS = [..."{}()[]<>,;:=-|&%.!?\"'`#$@\\/*~^\0\u202e\u00e9\ud800 \n\r\t"] as const;

const ODD = [
  "0", "-1", "1e400", "99999999999999999999", "0.1.2", "1_000", "150%", "-5%", "0..0", "9..0", '""', '"', "/*", "///",
  '"**/**/**/*a*b*c"', '"\\u{110000}"', "all", "rest", "not", "(", ")", "{", "}", "steps", "epochs", "__proto__",
  "constructor", "loss", "entropy", "step", "epoch", "true", "sample 10%", "in 0..<1", "from 1 epoch until 2 steps",
] as const; // prettier-ignore
