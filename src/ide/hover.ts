/** What stands at an offset, in a few lines of Markdown. */
import { keywordTypes, type Keyword } from "../../grammar/tokens.ts";
import type { Field } from "../check/policy.ts";
import { sayWeight } from "../lower/words.ts";
import { CODES, isDiagnosticCode } from "../source/codes.ts";
import { compileGlob } from "../source/glob.ts";
import { formatPlace, type Span } from "../source/span.ts";
import { spanAt } from "../source/text.ts";
import { SAMPLES } from "../syntax/samples.ts";
import type { Node } from "../syntax/walk.ts";
import { commentAt, endOf, nodesAt, tokenAt } from "./at.ts";
import { claimsOf, restsOn, type ClaimStanding } from "./claims.ts";
import { describeExtent, fence, signatureOf, signatureOfField, textOf } from "./describe.ts";
import type { Draft } from "./draft.ts";
import { sayLearners } from "./learners.ts";
import { occurrenceAt, type Subject } from "./names.ts";
import { WORDS } from "./words.ts";

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export function hover(draft: Draft, offset: number): Hover | undefined {
  const { parsed } = draft;
  const comment = commentAt(parsed, offset);
  if (comment !== undefined) return hoverComment(comment.span, comment.text, draft, offset);
  const token = tokenAt(parsed.tokens, offset);
  if (token === undefined) return undefined;
  const span = spanAt(parsed.source, token.startOffset, endOf(token));
  const occurrence = occurrenceAt(draft.names().inFile(parsed.source.file), offset);
  if (occurrence !== undefined)
    return { span: occurrence.name.span, markdown: describeSubject(occurrence.subject, draft) };
  const path = nodesAt(parsed.file, offset);
  const markdown = describeNode(path, draft) ?? describeWord(token.image, path, draft);
  return markdown === undefined ? undefined : { span, markdown };
}

function hoverComment(span: Span, text: string, { parsed }: Draft, offset: number): Hover | undefined {
  for (const match of text.matchAll(/GOV\d{4}/g)) {
    const start = span.start + match.index;
    const [code] = match;
    if (start > offset || offset > start + code.length || !isDiagnosticCode(code)) continue;
    const { severity, title } = CODES[code];
    const markdown = `**${code}**: ${title} (${severity})`;
    return { span: spanAt(parsed.source, start, start + code.length), markdown };
  }
  return undefined;
}

// ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a name stands for: its declaration, its documentation, what it holds. */
export function describeSubject(subject: Subject, draft: Draft): string {
  if (subject.kind === "built_in") return BUILT_IN[subject.name] ?? "";
  if (subject.kind === "field") return describeField(subject.name, draft);
  const { symbol } = subject;
  return paragraphs(
    fence(signatureOf(symbol, draft)),
    "documentation" in symbol.declaration ? symbol.declaration.documentation : undefined,
    symbol.kind === "band" ? describeBand(symbol.name, draft) : undefined,
    symbol.kind === "cohort" ? describeCohort(symbol.name, draft) : undefined,
    symbol.kind === "param" ? describeParam(symbol.name, draft) : undefined,
    symbol.file === draft.parsed.source.file ? undefined : `From \`${symbol.file}\`.`,
  );
}

const BUILT_IN: Readonly<Record<string, string>> = {
  all: "**all**: the cohort of every example and, where a band is expected, the band of every governed parameter.",
  loss: "**loss**: the example's own loss in this step, in nats; known only in a run.",
  entropy:
    "**entropy**: the entropy of the network's prediction for the example, in nats; known only in a run.",
  epoch: "**epoch**: the epoch of training, counted from 0.",
  step: "**step**: the step of training, counted from 0.",
};

function describeField(name: string, draft: Draft): string {
  const field: Field | undefined = draft.compilation.draft.example.fields.find(
    (known) => known.name === name,
  );
  if (field === undefined) return `**${name}**: a field of the examples.`;
  const declared = [...draft.compilation.files.values()]
    .flatMap(({ file }) => file.declarations)
    .flatMap((declaration) => (declaration.kind === "ExampleDeclaration" ? declaration.fields : []))
    .find((candidate) => candidate.name.text === name);
  return paragraphs(fence(signatureOfField(field)), declared?.documentation, "A field of the examples.");
}

function describeBand(name: string, draft: Draft): string {
  const bands = draft.bands();
  const extent = bands?.extents.get(name);
  return paragraphs(
    bands && extent
      ? describeExtent(extent, bands)
      : "No model is at hand: its layers are found when the policy meets one.",
    `Learns from: ${sayLearners(name, draft)}.`,
  );
}

function describeCohort(name: string, { compilation }: Draft): string {
  const cohort = compilation.draft.cohorts.find((known) => known.name === name);
  const routes = compilation.draft.rules.filter((rule) => rule.cohort === name);
  const said = routes.slice(0, 8).map(({ band, weight }) => `\`${band}\` ${sayWeight(weight)}`);
  return paragraphs(
    cohort === undefined
      ? undefined
      : cohort.dynamic
        ? "Dynamic: it reads what only a run knows, so that nothing is proved about it."
        : "Static: it reads only declared fields.",
    said.length === 0 ? undefined : `Routed to ${said.join(", ")}${routes.length > 8 ? ", …" : ""}.`,
  );
}

function describeParam(name: string, { compilation }: Draft): string | undefined {
  const param = compilation.draft.params.find((known) => known.name === name);
  return param?.overridden === true ? `Set to \`${JSON.stringify(param.value)}\` from outside.` : undefined;
}

// ── what is no name ────────────────────────────────────────────────────────────────────────────────────────────

function describeNode(path: readonly Node[], draft: Draft): string | undefined {
  const [parent, node] = [path.at(-2), path.at(-1)];
  if (node === undefined) return undefined;
  if (parent !== undefined && isWeight(node, parent)) return describeWeight(node);
  if (node.kind === "StringLiteral" && parent?.kind === "LayersByName")
    return describeGlob(node.value, draft);
  if (node.kind === "StringLiteral" && parent?.kind === "Import") return describeModule(node.value, draft);
  if (node.kind === "ClaimDeclaration")
    return paragraphs(
      WORDS[node.claim],
      ...claimsOf(node.span, draft).map((standing) => describeClaim(standing, draft)),
    );
  return undefined;
}

function isWeight(node: Node, parent: Node): boolean {
  if ("weight" in parent) return parent.weight === node;
  return parent.kind === "ScaleAction" && parent.to === node;
}

function describeWeight(node: Node): string | undefined {
  const weight =
    node.kind === "KeywordWeight" ? (node.keyword === "block" ? 0 : 1)
    : node.kind === "NumberLiteral" || node.kind === "PercentLiteral" ? node.value
    : undefined; // prettier-ignore
  if (weight === undefined) return undefined;
  const meaning =
    weight === 0 ? "the gradient of these examples does not reach the parameters: they learn nothing from them"
    : weight === 1 ? "the parameters learn from these examples as they would without a policy"
    : weight < 1 ? `the gradient of these examples is multiplied by ${weight}`
    : `the gradient of these examples is multiplied by ${weight}: amplified, and only where every rule that speaks says so`; // prettier-ignore
  const rule = "Where several rules speak about an example and a parameter, the least weight counts.";
  return paragraphs(`**weight ${sayWeight(weight)}**: ${meaning}.`, rule);
}

function describeGlob(glob: string, draft: Draft): string | undefined {
  const bands = draft.bands();
  if (bands === undefined || glob === "") return undefined;
  const matches = compileGlob(glob);
  const layers = bands.network.layers.filter(({ name }) => matches(name));
  if (layers.length === 0) return `No layer of ${bands.network.origin} matches.`;
  return describeExtent(
    layers.map(({ name }) => ({ layer: name, units: "whole" })),
    bands,
  );
}

function describeModule(path: string, { compilation }: Draft): string | undefined {
  const module = compilation.files.get(path) ?? compilation.files.get(`${path}.gov`);
  const header = module?.file.header;
  if (header === undefined) return undefined;
  return paragraphs(fence(`module ${header.name.text}`), header.title?.value);
}

function describeClaim({ claim, verdict, diagnostic }: ClaimStanding, draft: Draft): string {
  const name = `\`${claim.claim} ${claim.cohort} -> ${claim.band}\``;
  if (verdict !== "proved") return `${name}: **${verdict}**. ${diagnostic?.message ?? ""}`;
  const { policy } = draft.compilation;
  const rules = policy && restsOn(claim, policy, draft);
  const from =
    rules === undefined ? ""
    : rules.length === 0 ? ", from the default and the schema alone"
    : `, from\n${rules.map(({ span }) => `- \`${textOf(span, draft)}\` (${formatPlace(span)})`).join("\n")}`; // prettier-ignore
  return `${name}: **proved** for every example that the schema admits${from}`;
}

function describeWord(image: string, path: readonly Node[], draft: Draft): string | undefined {
  if (!keywordTypes.has(image)) return undefined;
  const word = image as Keyword; // It is in the table of keywords.
  const declaration = path[1];
  const lens = declaration?.kind === "ClaimDeclaration" ? describeNode(path.slice(0, 2), draft) : undefined;
  const sample = SAMPLES.get(image);
  return lens ?? paragraphs(`**${word}**: ${WORDS[word]}`, sample && capitalize(sample));
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function paragraphs(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}
