import type { Declaration, RouteToBands } from "../../syntax/ast.ts";
import { spanAt } from "../../source/text.ts";
import type { TextEdit } from "../../source/diagnostic.ts";
import { freshName, insertAbove, type Action, type ActionSetting } from "./action.ts";

interface Route {
  readonly declaration: Declaration;
  readonly route: RouteToBands;
}

/** Several routes of one cohort, always in force, as one route through a profile. */
export function offerProfile({ draft, range }: ActionSetting): readonly Action[] {
  const { source, file } = draft.parsed;
  const routes = file.declarations.flatMap((declaration): readonly Route[] =>
    declaration.kind === "RouteDeclaration" &&
    declaration.route.kind === "RouteToBands" &&
    declaration.route.window === undefined
      ? [{ declaration, route: declaration.route }]
      : [],
  );
  const at = routes.find(({ declaration: { span } }) => span.start <= range.end && range.start <= span.end);
  const own = routes.filter(({ route }) => route.cohort.text === at?.route.cohort.text);
  const bands = own.flatMap(({ route }) => route.bands.map(({ text }) => text));
  // A band has one weight in a profile; of two the lesser would count, which a profile cannot say.
  if (at === undefined || own.length < 2 || new Set(bands).size < bands.length) return [];
  const cohort = at.route.cohort.text;
  const name = freshName(`${cohort}_profile`, draft);
  const entries = own.flatMap(({ route }) =>
    route.bands.map(
      ({ text }) => `${text}: ${source.text.slice(route.weight.span.start, route.weight.span.end)}`,
    ),
  );
  const profile = `profile ${name} { ${entries.join(", ")} }\n\n`;
  const [first, ...others] = own;
  if (first === undefined) return [];
  return [
    {
      title: `convert ${own.length} routes of \`${cohort}\` to a profile`,
      kind: "refactor.rewrite",
      edits: [
        insertAbove(source, first.declaration.span.start, profile),
        { span: first.declaration.span, replacement: `route ${cohort} through ${name}` },
        ...others.map(({ declaration }): TextEdit => ({ span: lineOf(declaration), replacement: "" })),
      ],
    },
  ];

  /** A declaration with its line break, where nothing else stands on its line. */
  function lineOf({ span }: Declaration): TextEdit["span"] {
    const before = source.text.slice(span.start - span.column + 1, span.start);
    const after = /^[ \t]*(?:\r\n|\r|\n)/.exec(source.text.slice(span.end))?.[0].length ?? 0;
    return before.trim() === "" && after > 0
      ? spanAt(source, span.start - before.length, span.end + after)
      : span;
  }
}
