/**
 * Satisfiability of clauses by conflict-driven search (Marques-Silva and Sakallah 1999, "GRASP"; watched literals as
 * in Moskewicz et al. 2001, "Chaff"). Decisions are taken in a fixed order and nothing is restarted, so that the model
 * found is the first one in that order.
 */

/** A variable (from 1 on) that is true, or, negative, one that is false. */
export type Literal = number;

export interface Problem {
  /** How many variables there are: 1 to this. */
  readonly variables: number;
  readonly clauses: readonly (readonly Literal[])[];
  /** Of each of these sets of variables at most one is true. */
  readonly exclusive: readonly (readonly number[])[];
  /** What is tried, in this order, where it is still open; it has to settle all variables. */
  readonly decisions: readonly Literal[];
}

/** A value per variable, by its number; `none` is proved; `undecided` when the budget is spent. */
export type Answer =
  { readonly kind: "model"; readonly values: readonly boolean[] } | { readonly kind: "none" | "undecided" };

/** So many dead ends are met before the search is given up. */
const MOST_CONFLICTS = 20_000;

export function satisfy(problem: Problem): Answer {
  const state = createState(problem);
  for (const clause of problem.clauses) if (!addClause(state, clause)) return { kind: "none" };
  let conflicts = 0;
  for (;;) {
    const conflict = propagate(state);
    if (conflict !== undefined) {
      if (state.levels.length === 0) return { kind: "none" };
      conflicts += 1;
      if (conflicts > MOST_CONFLICTS) return { kind: "undecided" };
      learn(state, conflict);
    } else if (!decide(state, problem.decisions)) {
      return { kind: "model", values: Array.from(state.values, (value) => value > 0) };
    }
  }
}

/** Why a literal is true: a clause of which all others are false, a literal that implies it, or a decision. */
type Reason = readonly Literal[] | Literal | undefined;

interface State {
  /** 1, -1, or 0 while open, by variable. */
  readonly values: Int8Array;
  readonly reasons: Reason[];
  /** How many decisions had been taken, by variable. */
  readonly depths: Int32Array;
  readonly trail: Literal[];
  /** How long the trail was when each decision was taken. */
  readonly levels: number[];
  /** How many decisions of the problem had been looked at, likewise. */
  readonly cursors: number[];
  /** Clauses by the literals whose falsehood has to be looked into; a literal's first two places are watched. */
  readonly watching: (Literal[][] | undefined)[];
  /** What follows from a literal alone. */
  readonly implied: (Literal[] | undefined)[];
  readonly exclusive: (readonly number[] | undefined)[];
  head: number;
  cursor: number;
}

function createState({ variables, exclusive }: Problem): State {
  const groups = new Array<readonly number[] | undefined>(variables + 1);
  for (const group of exclusive) for (const variable of group) groups[variable] = group;
  return {
    values: new Int8Array(variables + 1),
    reasons: new Array<Reason>(variables + 1),
    depths: new Int32Array(variables + 1),
    trail: [],
    levels: [],
    cursors: [],
    watching: new Array<Literal[][] | undefined>(2 * variables + 2),
    implied: new Array<Literal[] | undefined>(2 * variables + 2),
    exclusive: groups,
    head: 0,
    cursor: 0,
  };
}

function indexOf(literal: Literal): number {
  return literal > 0 ? 2 * literal : 1 - 2 * literal;
}

/** 1 where the literal is true, -1 where it is false, 0 while it is open. */
function valueOf({ values }: State, literal: Literal): number {
  return literal > 0 ? (values[literal] ?? 0) : -(values[-literal] ?? 0);
}

/** False when the clause contradicts what is known already. */
function addClause(state: State, clause: readonly Literal[]): boolean {
  const [first, second, third] = clause;
  if (first === undefined) return false;
  if (second === undefined) return assign(state, first, undefined);
  if (third === undefined) {
    imply(state, -first, second);
    imply(state, -second, first);
    // What is known already has been followed up without this clause.
    if (valueOf(state, first) < 0) return assign(state, second, -first);
    return valueOf(state, second) < 0 ? assign(state, first, -second) : true;
  }
  // The places of the literals change; those of the caller's clause do not. What is known stands at its end.
  const own = [...clause].sort((left, right) => valueOf(state, right) - valueOf(state, left));
  watch(state, own);
  const [one = 0, other = 0] = own;
  if (valueOf(state, one) < 0) return false;
  return valueOf(state, other) < 0 && valueOf(state, one) === 0 ? assign(state, one, own) : true;
}

function imply({ implied }: State, condition: Literal, follows: Literal): void {
  (implied[indexOf(condition)] ??= []).push(follows);
}

function watch(state: State, clause: Literal[]): void {
  watchOne(state, clause[0] ?? 0, clause);
  watchOne(state, clause[1] ?? 0, clause);
}

function watchOne({ watching }: State, literal: Literal, clause: Literal[]): void {
  (watching[indexOf(literal)] ??= []).push(clause);
}

/** False when the literal is false already. */
function assign(state: State, literal: Literal, reason: Reason): boolean {
  const known = valueOf(state, literal);
  if (known !== 0) return known > 0;
  const variable = Math.abs(literal);
  state.values[variable] = literal > 0 ? 1 : -1;
  state.reasons[variable] = reason;
  state.depths[variable] = state.levels.length;
  state.trail.push(literal);
  return true;
}

/** Follows up everything that is known; returns a clause that is false where it cannot be. */
function propagate(state: State): readonly Literal[] | undefined {
  while (state.head < state.trail.length) {
    const literal = state.trail[state.head] ?? 0;
    state.head += 1;
    for (const follows of state.implied[indexOf(literal)] ?? [])
      if (!assign(state, follows, literal)) return [follows, -literal];
    const rivals = literal > 0 ? state.exclusive[literal] : undefined;
    if (rivals !== undefined)
      for (const rival of rivals)
        if (rival !== literal && !assign(state, -rival, literal)) return [-rival, -literal];
    const conflict = visitClauses(state, -literal);
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

/** Looks at the clauses that watch a literal which has become false. */
function visitClauses(state: State, literal: Literal): readonly Literal[] | undefined {
  const clauses = state.watching[indexOf(literal)];
  if (clauses === undefined) return undefined;
  let kept = 0;
  for (let index = 0; index < clauses.length; index += 1) {
    const clause = at(clauses, index);
    const other = (clause[0] === literal ? clause[1] : clause[0]) ?? 0;
    clause[0] = other;
    clause[1] = literal;
    if (valueOf(state, other) <= 0 && moveWatch(state, clause)) continue;
    clauses[kept] = clause;
    kept += 1;
    if (valueOf(state, other) > 0 || assign(state, other, clause)) continue;
    for (index += 1; index < clauses.length; index += 1, kept += 1) clauses[kept] = at(clauses, index);
    clauses.length = kept;
    return clause;
  }
  clauses.length = kept;
  return undefined;
}

/** Watches a literal that is not false in place of the second; false when there is none. */
function moveWatch(state: State, clause: Literal[]): boolean {
  for (let place = 2; place < clause.length; place += 1) {
    const candidate = clause[place] ?? 0;
    if (valueOf(state, candidate) < 0) continue;
    clause[place] = clause[1] ?? 0;
    clause[1] = candidate;
    watchOne(state, candidate, clause);
    return true;
  }
  return false;
}

/** False when nothing is left to be decided. */
function decide(state: State, decisions: readonly Literal[]): boolean {
  while (state.cursor < decisions.length) {
    const literal = decisions[state.cursor] ?? 0;
    if (valueOf(state, literal) === 0) {
      state.levels.push(state.trail.length);
      state.cursors.push(state.cursor);
      assign(state, literal, undefined);
      return true;
    }
    state.cursor += 1;
  }
  return false;
}

/** Finds what made a clause false (the first point that all ways since the last decision lead through), and goes back. */
function learn(state: State, conflict: readonly Literal[]): void {
  const { trail, levels, depths, reasons } = state;
  const learnt: Literal[] = [];
  const seen = new Set<number>();
  let open = 0;
  const look = (literals: readonly Literal[]): void => {
    for (const literal of literals) {
      const variable = Math.abs(literal);
      const depth = depths[variable] ?? 0;
      if (depth === 0 || seen.has(variable)) continue;
      seen.add(variable);
      if (depth === levels.length) open += 1;
      else learnt.push(literal);
    }
  };
  look(conflict);
  let place = trail.length - 1;
  for (; ; place -= 1) {
    const literal = trail[place] ?? 0;
    const variable = Math.abs(literal);
    if (!seen.has(variable)) continue;
    open -= 1;
    if (open === 0) {
      learnt.unshift(-literal);
      break;
    }
    const reason = reasons[variable];
    if (typeof reason === "number") look([-reason]);
    else if (reason !== undefined) look(reason.filter((other) => other !== literal));
  }
  // The one that was known last comes second: it is the next to become open again.
  const [asserted = 0, ...others] = learnt;
  others.sort((left, right) => (depths[Math.abs(right)] ?? 0) - (depths[Math.abs(left)] ?? 0));
  goBack(state, depths[Math.abs(others[0] ?? 0)] ?? 0);
  const clause = [asserted, ...others];
  const [only] = others;
  if (others.length > 1) watch(state, clause);
  if (others.length === 1 && only !== undefined) {
    imply(state, -asserted, only);
    imply(state, -only, asserted);
  }
  assign(state, asserted, others.length === 0 ? undefined : clause);
}

/** Takes back every decision but so many. */
function goBack(state: State, depth: number): void {
  const { trail, levels, cursors, values } = state;
  const length = levels[depth];
  if (length === undefined) return;
  for (const literal of trail.splice(length)) values[Math.abs(literal)] = 0;
  state.cursor = cursors[depth] ?? 0;
  levels.length = depth;
  cursors.length = depth;
  state.head = length;
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`nothing stands at ${index}`);
  return item;
}
