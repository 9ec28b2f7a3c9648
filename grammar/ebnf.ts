/** The reference grammar: the parser's own rules, written as EBNF for people. */
import {
  Alternation,
  Alternative,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type Rule,
  type TokenType,
} from "chevrotain";
import { Name, NumberLiteral, PercentLiteral, StringLiteral, vocabulary } from "./tokens.ts";

/** The rules as EBNF, in the order given, then the classes of words they use, then what the lexer reads. */
export function writeEbnf(rules: readonly Rule[]): string {
  const classes = [...new Set(rules.flatMap(({ definition }) => terminalsOf(definition)))].filter(isClass);
  return [
    PREFACE,
    ...rules.map(({ name, definition }) => writeRule(pascalCase(name), expression(definition))),
    "(* ── classes of words ── *)",
    ...classes.map((type) => writeRule(type.name, { kind: "choice", parts: membersOf(type).map(terminal) })),
    LEXICON,
    "",
  ].join("\n\n");
}

const PREFACE = `(* The grammar of Gov, written by \`npx jiti grammar/generate.ts\` from the rules of grammar/parser.ts.

   [ x ] is optional, { x } any number of times, ( x ) groups, | separates alternatives. Of alternatives that both fit,
   the first one holds. White space and comments may stand between any two words.

   Every keyword may also be a name. It is read as a keyword where a keyword may stand, unless what follows can only
   follow a name: \`kind conv2d\` is a selector, \`kind | top\` a band called \`kind\`. A declaration is told by its head
   (\`band top =\`, \`route low ->\`, \`example {\`), so \`until warm\` ends where \`example {\` begins. *)`;

const LEXICON = `(* ── what the lexer reads ── *)

Name = ? a letter, then letters, digits and "_"; not "true" or "false" ? ;

StringLiteral = '"' { ? a character but '"', "\\" and the end of the line ? | Escape } '"' ;

Escape = "\\" ( '"' | "\\" | "n" | "r" | "t" | "u{" ? 1 to 6 hexadecimal digits ? "}" ) ;

NumberLiteral = Digits [ "." Digits ] [ ( "e" | "E" ) [ "+" | "-" ] Digits ] ;

PercentLiteral = NumberLiteral "%" ;

Digits = ? a digit, then digits, with single "_" between them ? ;

Comment = "//" ? to the end of the line ? | "/*" ? to the next "*/" ? ;`;

/** EBNF before it is laid out; `text` binds tightest, then sequences, then choices. */
type Expression =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Expression[] };

function expression(definition: readonly IProduction[]): Expression {
  const parts = definition.map(production);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
}

function production(part: IProduction): Expression {
  if (part instanceof NonTerminal) return text(pascalCase(part.nonTerminalName));
  if (part instanceof Terminal) return terminal(part.terminalType);
  if (part instanceof Alternation) return { kind: "choice", parts: part.definition.map(production) };
  if (part instanceof Alternative) return expression(part.definition);
  if (part instanceof Option) return text(`[ ${write(expression(part.definition))} ]`);
  if (part instanceof Repetition) return text(`{ ${write(expression(part.definition))} }`);
  if (part instanceof RepetitionMandatory) {
    const once = expression(part.definition);
    return { kind: "sequence", parts: [once, text(`{ ${write(once)} }`)] };
  }
  if (part instanceof RepetitionWithSeparator) return text(`[ ${separated(part)} ]`);
  if (part instanceof RepetitionMandatoryWithSeparator) return text(separated(part));
  throw new Error(`no way to write a ${part.constructor.name} as EBNF`);
}

function separated({
  definition,
  separator,
}: RepetitionWithSeparator | RepetitionMandatoryWithSeparator): string {
  const one = write(expression(definition));
  return `${one} { ${write(terminal(separator))} ${one} }`;
}

/** A keyword or sign as it is written, any other token by its name. */
function terminal(type: TokenType): Expression {
  const written = /^`(.*)`$/.exec(type.LABEL ?? "")?.[1];
  return text(written === undefined || isClass(type) ? type.name : `"${written}"`);
}

function text(written: string): Expression {
  return { kind: "text", text: written };
}

function write(part: Expression): string {
  if (part.kind === "text") return part.text;
  if (part.kind === "choice") return part.parts.map(write).join(" | ");
  return part.parts
    .map((inner) => (inner.kind === "choice" ? `( ${write(inner)} )` : write(inner)))
    .join(" ");
}

const WIDTH = 110;

function writeRule(name: string, body: Expression): string {
  const line = `${name} = ${write(body)} ;`;
  if (line.length <= WIDTH) return line;
  if (body.kind !== "choice") return wrapped(line);
  return `${name}\n  = ${body.parts.map(write).join("\n  | ")} ;`;
}

function wrapped(line: string): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(" ", WIDTH);
    lines.push(rest.slice(0, space));
    rest = `    ${rest.slice(space + 1)}`;
  }
  return [...lines, rest].join("\n");
}

function terminalsOf(definition: readonly IProduction[]): readonly TokenType[] {
  return definition.flatMap((part) => {
    if (part instanceof Terminal) return [part.terminalType];
    return "definition" in part && !(part instanceof NonTerminal)
      ? terminalsOf(part.definition as readonly IProduction[]) // All that is nested in a rule is a production.
      : [];
  });
}

const LEXICAL: ReadonlySet<TokenType> = new Set([Name, StringLiteral, NumberLiteral, PercentLiteral]);

function isClass(type: TokenType): boolean {
  return !LEXICAL.has(type) && membersOf(type).length > 0;
}

function membersOf(type: TokenType): readonly TokenType[] {
  return [...new Set(vocabulary)].filter(({ CATEGORIES }) => CATEGORIES?.includes(type) ?? false);
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
