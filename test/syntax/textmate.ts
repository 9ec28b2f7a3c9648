import type { TmLanguage, TmPattern } from "../../grammar/tm-language.ts";

export interface Highlighted {
  readonly line: number;
  readonly start: number;
  readonly text: string;
  readonly scope: string;
}

/** A TextMate grammar at work, as far as ours goes: the earliest match wins, among equals the first pattern. */
export function highlight(language: TmLanguage, text: string): readonly Highlighted[] {
  const found: Highlighted[] = [];
  let open: Extract<TmPattern, { begin: string }> | undefined;
  for (const [number, line] of text.split("\n").entries()) {
    const mark = (start: number, length: number, scope: string | undefined): void => {
      if (scope !== undefined && length > 0)
        found.push({ line: number + 1, start, text: line.slice(start, start + length), scope });
    };
    let at = 0;
    for (;;) {
      const inner: readonly TmPattern[] = open === undefined ? language.patterns : (open.patterns ?? []);
      const hit = earliest(flatten(language, inner), line, at);
      const close = open === undefined ? undefined : matchFrom(open.end, line, at);
      if (
        open !== undefined &&
        close !== undefined &&
        (hit === undefined || close.index <= hit.match.index)
      ) {
        at = close.index + close[0].length;
        mark(close.index, close[0].length, open.name);
        open = undefined;
      } else if (hit === undefined) {
        break;
      } else if ("begin" in hit.pattern) {
        open = hit.pattern;
        mark(hit.match.index, hit.match[0].length, open.name);
        at = hit.match.index + hit.match[0].length;
      } else {
        const { name, captures = {} } = hit.pattern;
        mark(hit.match.index, hit.match[0].length, name);
        for (const [group, capture] of Object.entries(captures)) {
          const [start, end] = hit.match.indices?.[Number(group)] ?? [0, 0];
          mark(start, end - start, capture.name);
        }
        at = hit.match.index + Math.max(1, hit.match[0].length);
      }
      // The end of a line may close what is open, but nothing begins there.
      if (at >= line.length && open === undefined) break;
    }
  }
  return found;
}

type Leaf = Exclude<TmPattern, { include: string }>;

function flatten(language: TmLanguage, patterns: readonly TmPattern[]): readonly Leaf[] {
  return patterns.flatMap((pattern) => {
    if (!("include" in pattern)) return [pattern];
    const part = language.repository[pattern.include.slice(1)];
    if (part === undefined) throw new Error(`nothing is called ${pattern.include}`);
    return flatten(language, part.patterns);
  });
}

function earliest(
  patterns: readonly Leaf[],
  line: string,
  at: number,
): { readonly pattern: Leaf; readonly match: RegExpExecArray } | undefined {
  let best: { readonly pattern: Leaf; readonly match: RegExpExecArray } | undefined;
  for (const pattern of patterns) {
    const match = matchFrom("begin" in pattern ? pattern.begin : pattern.match, line, at);
    if (match !== undefined && (best === undefined || match.index < best.match.index))
      best = { pattern, match };
  }
  return best;
}

function matchFrom(pattern: string, line: string, at: number): RegExpExecArray | undefined {
  const expression = new RegExp(pattern, "dgu");
  expression.lastIndex = at;
  return expression.exec(line) ?? undefined;
}
