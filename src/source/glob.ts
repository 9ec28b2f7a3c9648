/**
 * A glob as a test of a whole text: `*` is any run of characters without `/`, `**` any run at all (`**` and a slash
 * also nothing), `?` one character that is not `/`. Everything else stands for itself. Takes time in proportion to
 * the lengths of both, whatever the glob.
 */
export function compileGlob(glob: string): (text: string) => boolean {
  const places = readGlob(glob);
  // Most texts differ in what comes before the first wildcard.
  const wild = places.findIndex(({ kind }) => kind !== "character");
  if (wild === -1) return (text) => text === glob;
  const head = glob.slice(
    0,
    places.slice(0, wild).reduce((length, place) => length + widthOf(place), 0),
  );
  const pattern = places.slice(wild);
  const [run, ...behind] = pattern;
  // Most globs end in their only wildcard.
  if (run?.kind === "run" && behind.length === 0)
    return (text) => text.startsWith(head) && (run.crossesSlash || !text.includes("/", head.length));
  const start = closed(pattern, [0]);
  return (text) => {
    if (!text.startsWith(head)) return false;
    let states = start;
    for (const character of text.slice(head.length)) {
      const after: number[] = [];
      for (let at = 0; at < pattern.length; at += 1) {
        const place = states[at] === 1 ? pattern[at] : undefined;
        if (place === undefined || !takes(place, character)) continue;
        after.push(place.kind === "run" ? at : at + 1);
      }
      if (after.length === 0) return false;
      states = closed(pattern, after);
    }
    return states[pattern.length] === 1;
  };
}

/** What a glob waits for at one of its places. */
export type GlobPlace =
  | { readonly kind: "character"; readonly character: string }
  /** `?`: one character that is not `/`. */
  | { readonly kind: "one" }
  /** `*`: any run without `/`; `**`: any run at all. */
  | { readonly kind: "run"; readonly crossesSlash: boolean }
  /** Before the rest of a `**` and slash: that part may be left out. */
  | { readonly kind: "fork"; readonly skip: number };

/** The places of a glob in their order; a text meets it whole when it leads behind the last. */
export function readGlob(glob: string): readonly GlobPlace[] {
  const places: GlobPlace[] = [];
  for (const part of glob.match(/\*\*\/|\*\*|\*|\?|[^]/gu) ?? []) {
    if (part === "**/")
      places.push(
        { kind: "fork", skip: 3 },
        { kind: "run", crossesSlash: true },
        { kind: "character", character: "/" },
      );
    else if (part === "**" || part === "*") places.push({ kind: "run", crossesSlash: part === "**" });
    else if (part === "?") places.push({ kind: "one" });
    else places.push({ kind: "character", character: part });
  }
  return places;
}

/** Whether some text meets both globs. */
export function globsMeet(left: string, right: string): boolean {
  const [first, second] = [readGlob(left), readGlob(right)];
  const width = second.length + 1;
  const states = new Set([0]);
  // A set visits what is added while it is walked.
  for (const state of states) {
    const [at, beside] = [Math.floor(state / width), state % width];
    const [place, other] = [first[at], second[beside]];
    if (place === undefined && other === undefined) return true;
    for (const next of skipsFrom(place, at)) states.add(next * width + beside);
    for (const next of skipsFrom(other, beside)) states.add(at * width + next);
    if (place === undefined || other === undefined || !shareCharacter(place, other)) continue;
    states.add((place.kind === "run" ? at : at + 1) * width + (other.kind === "run" ? beside : beside + 1));
  }
  return false;
}

/** How many units of a text a place of one character takes. */
function widthOf(place: GlobPlace): number {
  return place.kind === "character" ? place.character.length : 0;
}

/** Which places are reached, 1 or 0, with those behind what may be left out. */
function closed(pattern: readonly GlobPlace[], reached: readonly number[]): Uint8Array {
  const states = new Uint8Array(pattern.length + 1);
  for (const at of reached) states[at] = 1;
  for (let at = 0; at < pattern.length; at += 1)
    if (states[at] === 1) for (const next of skipsFrom(pattern[at], at)) states[next] = 1;
  return states;
}

/** Where one may be without taking a character; always further on. */
function skipsFrom(place: GlobPlace | undefined, at: number): readonly number[] {
  if (place?.kind === "run") return [at + 1];
  return place?.kind === "fork" ? [at + 1, at + place.skip] : [];
}

function takes(place: GlobPlace, character: string): boolean {
  switch (place.kind) {
    case "character":
      return place.character === character;
    case "one":
      return character !== "/";
    case "run":
      return place.crossesSlash || character !== "/";
    case "fork":
      return false;
  }
}

function shareCharacter(left: GlobPlace, right: GlobPlace): boolean {
  if (left.kind === "fork" || right.kind === "fork") return false;
  if (left.kind === "character") return takes(right, left.character);
  // Of the others each takes some character that is not a slash.
  return right.kind !== "character" || takes(left, right.character);
}
