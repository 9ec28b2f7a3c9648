/**
 * Which tokens the grammar admits behind others. All readings are followed side by side, and those that have come to the
 * same place in the grammar go on as one: a word that may be read in two ways does not double the work for all that
 * follows.
 */
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
  tokenMatcher,
  type IProduction,
  type IToken,
  type Rule,
  type TokenType,
} from "chevrotain";

/** A token that may stand behind others. */
export interface NextToken {
  readonly type: TokenType;
  /** What the grammar calls it there: `band`, `cohort`, `field`. */
  readonly label: string | undefined;
  /** The innermost rule that would read it, and those around it, the outermost first. */
  readonly rule: string;
  readonly rules: readonly string[];
}

/** Every token that may stand behind the beginning of what a rule reads; none where the beginning cannot be read. */
export type FollowTokens = (rule: string, tokens: readonly IToken[]) => readonly NextToken[];

export function createFollowTokens(rules: Readonly<Record<string, Rule>>): FollowTokens {
  const definitionOf = (name: string): readonly IProduction[] => {
    const rule = rules[name];
    if (rule === undefined) throw new Error(`the grammar has no rule ${name}`);
    return rule.definition;
  };
  const spellOut = createSpelling();
  return (rule, tokens) => {
    const places = createPlaces();
    let open = reach([places.at(definitionOf(rule), 0, undefined, rule)]);
    for (const token of tokens) {
      const taken = open.filter(({ terminal }) => tokenMatcher(token, terminal.terminalType));
      open = reach(taken.map(({ after }) => after));
    }
    return open.map(({ terminal, after }) => {
      const around = rulesAround(after);
      return {
        type: terminal.terminalType,
        label: terminal.label,
        rule: around.at(-1) ?? rule,
        rules: around,
      };
    });

    /** The terminals that come next from some places. */
    function reach(from: readonly Place[]): readonly Reached[] {
      const seen = new Set<Place>();
      const found = new Map<string, Reached>();
      const visit = (place: Place | undefined): void => {
        if (place === undefined || seen.has(place)) return;
        seen.add(place);
        const production = place.list[place.index];
        if (production === undefined) {
          visit(place.rest);
          return;
        }
        const after = places.at(place.list, place.index + 1, place.rest, place.rule);
        if (production instanceof Terminal) {
          const { terminalType, label = "" } = production;
          found.set(`${after.id} ${terminalType.name} ${label}`, { terminal: production, after });
        } else if (production instanceof Alternation) {
          for (const one of production.definition)
            if (one instanceof Alternative) visit(places.at(one.definition, 0, after));
        } else if (production instanceof NonTerminal) {
          const name = production.nonTerminalName;
          visit(places.at(definitionOf(name), 0, after, name));
        } else if (production instanceof Option) {
          visit(places.at(production.definition, 0, after));
          visit(after);
        } else if (production instanceof Repetition) {
          // Behind each round, the next may begin.
          visit(places.at(production.definition, 0, place));
          visit(after);
        } else {
          const { once, canBeAbsent } = spellOut(production);
          visit(places.at(once, 0, after));
          if (canBeAbsent) visit(after);
        }
      };
      from.forEach(visit);
      return [...found.values()];
    }
  };
}

interface Reached {
  readonly terminal: Terminal;
  readonly after: Place;
}

/** A place in the grammar: a part of a rule, and where it goes on behind it. There is one of each, told by its identity. */
interface Place {
  readonly id: number;
  readonly list: readonly IProduction[];
  readonly index: number;
  readonly rest: Place | undefined;
  /** Where `list` is all that a rule consists of: its name. */
  readonly rule: string | undefined;
}

interface Places {
  readonly at: (list: readonly IProduction[], index: number, rest: Place | undefined, rule?: string) => Place;
}

function createPlaces(): Places {
  const known = new Map<readonly IProduction[], Map<string, Place>>();
  let count = 0;
  return {
    at: (list, index, rest, rule) => {
      const own = known.get(list) ?? new Map<string, Place>();
      known.set(list, own);
      const key = `${index} ${rest?.id ?? ""}`;
      const place = own.get(key) ?? { id: (count += 1), list, index, rest, rule };
      own.set(key, place);
      return place;
    },
  };
}

function rulesAround(place: Place): readonly string[] {
  const rules: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.rest)
    if (at.rule !== undefined) rules.push(at.rule);
  return rules.toReversed();
}

interface SpelledOut {
  /** One round, and as many more as there are. */
  readonly once: readonly IProduction[];
  readonly canBeAbsent: boolean;
}

/** Repetitions that come at least once, or with separators, in terms of those that do not; each once. */
function createSpelling(): (production: IProduction) => SpelledOut {
  const known = new WeakMap<IProduction, SpelledOut>();
  return (production) => {
    const spelled = known.get(production) ?? spell(production);
    known.set(production, spelled);
    return spelled;
  };
}

function spell(production: IProduction): SpelledOut {
  if (production instanceof RepetitionMandatory) {
    const { definition } = production;
    return { once: [...definition, new Repetition({ definition })], canBeAbsent: false };
  }
  if (
    production instanceof RepetitionWithSeparator ||
    production instanceof RepetitionMandatoryWithSeparator
  ) {
    const { definition, separator } = production;
    const more = new Repetition({ definition: [new Terminal({ terminalType: separator }), ...definition] });
    return { once: [...definition, more], canBeAbsent: production instanceof RepetitionWithSeparator };
  }
  throw new Error(`no grammar is made of ${production.constructor.name}`);
}
