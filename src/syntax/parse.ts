import type { IToken } from "chevrotain";
import { Name } from "../../grammar/tokens.ts";
import { tokenMatcher } from "chevrotain";
import { diagnose, hasErrors, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";
import type { Declaration, Header, Import, PolicyFile } from "./ast.ts";
import { buildDeclaration, buildHeader, buildImport } from "./build/declarations.ts";
import type { TreeContext } from "./build/context.ts";
import { documentationFinder, type Comment } from "./comments.ts";
import { unitFinder, type SoundUnit, type Unit } from "./earlier.ts";
import { lex } from "./lex.ts";
import { limitNesting } from "./nesting.ts";
import { readUnits } from "./recover.ts";
import { readSuppressions, type Suppression } from "./suppressions.ts";
import type { UnitNode } from "./unit.ts";

export type { Comment } from "./comments.ts";
export type { Suppression } from "./suppressions.ts";

export interface ParsedFile {
  readonly source: SourceText;
  /** Comments left out; mistakes and all. */
  readonly tokens: readonly IToken[];
  readonly file: PolicyFile;
  readonly comments: readonly Comment[];
  /** `// gov-ignore CODE: reason` */
  readonly suppressions: readonly Suppression[];
  readonly diagnostics: readonly Diagnostic[];
  /** False when there are syntax errors: the tree may lack text or hold mended text, and must not be printed back. */
  readonly complete: boolean;
  /** Names in text that is missing from the tree: to call one of them unknown would be a second complaint. */
  readonly lostNames: ReadonlySet<string>;
  /** The units that need not be read again while their text stays what it is. */
  readonly sound: readonly SoundUnit[];
}

/**
 * The syntax tree of a file, as far as it can be read. Never throws, whatever the text.
 *
 * @param earlier The same file before it was edited. What is returned is the same without it, only later.
 */
export function parse(source: SourceText, earlier?: ParsedFile): ParsedFile {
  const { tokens: all, comments, diagnostics: flawed } = lex(source);
  const { tokens, diagnostics: nested } = limitNesting(source, all);
  const lexical = [...flawed, ...nested];
  const { suppressions, diagnostics: unreasoned } = readSuppressions(comments, source);
  const treeProblems: Diagnostic[] = [];
  const context: TreeContext = {
    source,
    documentationAt: documentationFinder(source, comments),
    report: (code, span, message, help) => treeProblems.push(diagnose(code, span, message, { help })),
  };
  // Text that is nested too deeply is not what the units after it are made of.
  const find = earlier && nested.length === 0 ? unitFinder(source, earlier) : undefined;
  const sound: SoundUnit[] = [];
  const { units, mistakes } = readUnits<Unit>(source, tokens, {
    recall: (stretch) => {
      const unit = find?.(stretch);
      if (unit !== undefined) sound.push({ unit, from: stretch.from });
      return unit;
    },
    build: (node, stretch) => {
      const reported = treeProblems.length;
      const unit = buildUnit(context, node);
      if (stretch !== undefined && treeProblems.length === reported) sound.push({ unit, from: stretch.from });
      return unit;
    },
  });
  const file = buildFile(context, units);

  // A token that is wrong in itself has been reported; what it does to the line around it is no second mistake.
  const flaws = lexical
    .filter(({ severity }) => severity === "error")
    .map(({ labels }) => labels[0].span.start);
  const syntactic = mistakes.flatMap(({ diagnostic, from, to }) =>
    diagnostic === undefined || flaws.some((flaw) => flaw >= from && flaw <= to) ? [] : [diagnostic],
  );
  const diagnostics = [...lexical, ...syntactic, ...treeProblems, ...unreasoned].toSorted(
    (left, right) => left.labels[0].span.start - right.labels[0].span.start,
  );
  return {
    source,
    tokens,
    file,
    comments,
    suppressions,
    diagnostics,
    complete: !hasErrors(diagnostics) && mistakes.length === 0,
    lostNames: new Set(mistakes.flatMap(({ lost }) => lost.filter(isName).map(({ image }) => image))),
    sound: nested.length === 0 ? sound : [],
  };
}

function isName(token: IToken): boolean {
  return tokenMatcher(token, Name);
}

function buildUnit(context: TreeContext, unit: UnitNode): Unit {
  switch (unit.name) {
    case "header":
      return buildHeader(context, unit);
    case "import":
      return buildImport(context, unit);
    case "declaration":
      return buildDeclaration(context, unit);
  }
}

function buildFile(context: TreeContext, units: readonly Unit[]): PolicyFile {
  const headers: Header[] = [];
  const imports: Import[] = [];
  const declarations: Declaration[] = [];
  units.forEach((unit, index) => {
    if (unit.kind === "Header") {
      if (index > 0) reportLateHeader(context, unit);
      headers.push(unit);
    } else if (unit.kind === "Import") {
      if (declarations.length > 0) reportLateImport(context, unit);
      imports.push(unit);
    } else declarations.push(unit);
  });
  const [header] = headers;
  const { source } = context;
  return {
    kind: "PolicyFile",
    span: spanAt(source, 0, source.text.length),
    ...(header && { header }),
    imports,
    declarations,
  };
}

function reportLateHeader(context: TreeContext, { span, role }: Header): void {
  const help = "a file has one header, `policy` or `module`, and it comes first";
  context.report("GOV1011", span, `the \`${role}\` header is not at the head of the file`, help);
}

function reportLateImport(context: TreeContext, { span }: Import): void {
  context.report(
    "GOV1011",
    span,
    "the `import` comes after a declaration",
    "imports stand between the header and the first declaration",
  );
}
