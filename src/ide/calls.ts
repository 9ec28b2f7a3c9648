/** Who is affected by a cohort, or by any other name: the declarations that use it, and those that it is made of. */
import { nameOf, type PolicySymbol } from "../bind/symbols.ts";
import type { Span } from "../source/span.ts";
import type { Declaration } from "../syntax/ast.ts";
import { textOf } from "./describe.ts";
import type { Draft } from "./draft.ts";
import { keyOfSubject, occurrenceAt } from "./names.ts";
import { occurrencesOf } from "./references.ts";

/** A declaration, as a knot in the web of names. */
export interface CallItem {
  readonly name: string;
  readonly kind: "symbol" | "rule";
  readonly detail: string;
  readonly span: Span;
  readonly selection: Span;
}

export interface Call {
  readonly item: CallItem;
  /** Where the name stands in the declaration that uses it. */
  readonly places: readonly Span[];
}

/** The declaration of the name at an offset, else the declaration around it. */
export function callItemAt(draft: Draft, offset: number): CallItem | undefined {
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  if (occurrence?.subject.kind === "symbol" && occurrence.subject.symbol.kind !== "parameter")
    return itemOf(occurrence.subject.symbol.declaration, draft);
  const around = draft.parsed.file.declarations.find(
    ({ span }) => span.start <= offset && offset <= span.end,
  );
  return around && itemOf(around, draft);
}

/** The declarations that use what an item declares: the routes, claims and bounds about a cohort. */
export function incomingCalls(item: CallItem, draft: Draft, others: readonly Draft[]): readonly Call[] {
  const symbol = symbolAt(item.selection, draft);
  if (symbol === undefined) return [];
  const drafts = [draft, ...others];
  const key = keyOfSubject({ kind: "symbol", symbol });
  const places = occurrencesOf(key, drafts)
    .filter(({ role }) => role === "reference")
    .map(({ name }) => name.span);
  return group(places, (place) => declarationAround(place, drafts));
}

/** The declarations of the names that an item uses. */
export function outgoingCalls(item: CallItem, draft: Draft): readonly Call[] {
  const { span } = item;
  const uses = draft
    .names()
    .inFile(span.file)
    .filter(
      ({ name, role }) => role === "reference" && span.start <= name.span.start && name.span.end <= span.end,
    );
  const targets = new Map<Span, CallItem>();
  for (const { name, subject } of uses)
    if (subject.kind === "symbol" && subject.symbol.kind !== "parameter")
      targets.set(name.span, itemOf(subject.symbol.declaration, draft));
  return group([...targets.keys()], (place) => targets.get(place));
}

function group(places: readonly Span[], itemAt: (place: Span) => CallItem | undefined): readonly Call[] {
  const calls = new Map<string, { item: CallItem; places: Span[] }>();
  for (const place of places) {
    const item = itemAt(place);
    if (item === undefined) continue;
    const key = `${item.span.file} ${item.span.start}`;
    const known = calls.get(key);
    if (known === undefined) calls.set(key, { item, places: [place] });
    else known.places.push(place);
  }
  return [...calls.values()];
}

function symbolAt({ file, start }: Span, { compilation }: Draft): PolicySymbol | undefined {
  const symbols = [...(compilation.bound.scopes.get(file)?.values() ?? [])];
  return symbols.find((symbol) => symbol.file === file && nameOf(symbol).span.start === start);
}

function declarationAround(place: Span, drafts: readonly Draft[]): CallItem | undefined {
  for (const draft of drafts) {
    const declarations = draft.compilation.files.get(place.file)?.file.declarations ?? [];
    const around = declarations.find(({ span }) => span.start <= place.start && place.end <= span.end);
    if (around !== undefined) return itemOf(around, draft);
  }
  return undefined;
}

function itemOf(declaration: Declaration, draft: Draft): CallItem {
  const detail = textOf(declaration.span, draft);
  return "name" in declaration
    ? {
        name: declaration.name.text,
        kind: "symbol",
        detail,
        span: declaration.span,
        selection: declaration.name.span,
      }
    : {
        name: detail.slice(0, 80),
        kind: "rule",
        detail,
        span: declaration.span,
        selection: declaration.span,
      };
}
