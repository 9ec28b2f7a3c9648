/** The outline of a file. */
import type { Span } from "../source/span.ts";
import type { Declaration } from "../syntax/ast.ts";
import type { Draft } from "./draft.ts";
import { textOf } from "./describe.ts";

export type OutlineKind =
  | "param" | "model" | "example" | "field" | "layer" | "band" | "cohort" | "profile" | "behavior" | "route"
  | "detach" | "bound" | "provenance" | "claim" | "ruleset" | "apply" | "test"; // prettier-ignore

export interface OutlineEntry {
  readonly name: string;
  readonly kind: OutlineKind;
  readonly detail: string;
  readonly span: Span;
  /** What is chosen when one goes there; within `span`. */
  readonly selection: Span;
  readonly children: readonly OutlineEntry[];
}

export function outline(draft: Draft): readonly OutlineEntry[] {
  return draft.parsed.file.declarations.map((declaration) => entryOf(declaration, draft));
}

function entryOf(declaration: Declaration, draft: Draft): OutlineEntry {
  const entry = (
    name: string,
    kind: OutlineKind,
    details: Partial<Pick<OutlineEntry, "selection" | "children" | "detail">> = {},
  ): OutlineEntry => ({
    name,
    kind,
    detail: "",
    span: declaration.span,
    selection: declaration.span,
    children: [],
    ...details,
  });
  const written = (): string => textOf(declaration.span, draft);
  const { kind } = declaration;
  switch (kind) {
    case "ParamDeclaration":
      return entry(declaration.name.text, "param", { selection: declaration.name.span, detail: written() });
    case "BandDeclaration":
      return entry(declaration.name.text, "band", { selection: declaration.name.span, detail: written() });
    case "CohortDeclaration":
      return entry(declaration.name.text, "cohort", { selection: declaration.name.span, detail: written() });
    case "ProfileDeclaration":
      return entry(declaration.name.text, "profile", { selection: declaration.name.span, detail: written() });
    case "BehaviorDeclaration":
      return entry(declaration.name.text, "behavior", {
        selection: declaration.name.span,
        detail: declaration.probe.value,
      });
    case "RulesetDeclaration":
      return entry(declaration.name.text, "ruleset", {
        selection: declaration.name.span,
        children: declaration.rules.map((rule) => entryOf(rule, draft)),
      });
    case "ModelDeclaration":
      return entry(declaration.path?.value ?? "model", "model", {
        children: declaration.layers.map(({ name, span }) => ({
          name: name.value,
          kind: "layer",
          detail: textOf(span, draft),
          span,
          selection: name.span,
          children: [],
        })),
      });
    case "ExampleDeclaration":
      return entry("example", "example", {
        children: declaration.fields.map(({ name, type, span }) => ({
          name: name.text,
          kind: "field",
          detail: textOf(type.span, draft),
          span,
          selection: name.span,
          children: [],
        })),
      });
    case "RouteDeclaration":
      return entry(written(), "route");
    case "DetachDeclaration":
      return entry(written(), "detach");
    case "ClaimDeclaration":
      return entry(written(), "claim");
    case "ApplyDeclaration":
      return entry(written(), "apply", { selection: declaration.ruleset.span });
    case "BoundDeclaration":
      return entry(`bound ${textOf(declaration.metric.span, draft)}`, "bound", {
        selection: declaration.metric.span,
      });
    case "ProvenanceDeclaration":
      return entry("provenance", "provenance");
    case "TestDeclaration":
      return entry(declaration.title.value, "test", { selection: declaration.title.span });
  }
}

/** The names that a search over a whole project finds: letters in order, whatever lies between. */
export function findSymbols(drafts: readonly Draft[], query: string): readonly OutlineEntry[] {
  const wanted = query.toLowerCase();
  const seen = new Set<string>();
  return drafts
    .flatMap(outline)
    .flatMap((entry) => [entry, ...entry.children])
    .filter(({ name, span }) => {
      const key = `${span.file} ${span.start}`;
      const isNew = !seen.has(key) && holdsInOrder(name.toLowerCase(), wanted);
      if (isNew) seen.add(key);
      return isNew;
    });
}

function holdsInOrder(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
