import { readGlob, type GlobPlace } from "../../source/glob.ts";

/** A glob as a regular expression of RE2, to be met by a whole text. */
export function globPattern(glob: string): string {
  const write = (places: readonly GlobPlace[]): string => {
    const [place, ...rest] = places;
    if (place === undefined) return "";
    switch (place.kind) {
      case "character":
        return `${escapeCharacter(place.character)}${write(rest)}`;
      case "one":
        return `[^/]${write(rest)}`;
      case "run":
        return `${place.crossesSlash ? "(?s:.*)" : "[^/]*"}${write(rest)}`;
      case "fork": {
        const optional = rest.slice(0, place.skip - 1);
        return `(?:${write(optional)})?${write(rest.slice(place.skip - 1))}`;
      }
    }
  };
  return write(readGlob(glob));
}

/** Whatever a character means in a pattern, here it means itself. */
function escapeCharacter(character: string): string {
  return /^[\p{L}\p{N}]$/u.test(character)
    ? character
    : `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
