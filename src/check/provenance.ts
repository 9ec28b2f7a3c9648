import { suggestName } from "../source/nearest.ts";
import type { Span } from "../source/span.ts";
import type { Declaration, ProvenanceClause } from "../syntax/ast.ts";
import { entityOf, TOP_LEVEL, type CheckContext } from "./context.ts";
import type { Provenance, Requirement, Trace } from "./policy.ts";
import { distinct } from "./rules.ts";
import { readCount, readPositiveDuration } from "./values.ts";

/** The `provenance` block of a policy; an empty one where there is none. */
export function readProvenance(declarations: readonly Declaration[], context: CheckContext): Provenance {
  const clauses = declarations.flatMap((declaration) =>
    declaration.kind === "ProvenanceDeclaration" ? declaration.clauses : [],
  );
  const once = (isSame: (clause: ProvenanceClause) => boolean): void => {
    const [first, ...more] = clauses.filter(isSame);
    for (const clause of more) {
      context.report("GOV3009", clause.span, "this is said twice", {
        related: first ? [{ span: first.span, text: "first said here" }] : [],
      });
    }
  };
  once(({ kind }) => kind === "VerifyClause");
  once(({ kind }) => kind === "RetainClause");
  for (const moment of ["release", "epoch"])
    once((clause) => clause.kind === "AttestClause" && clause.moment === moment);
  const require: Requirement[] = [];
  const trace: Trace[] = [];
  const attest: { readonly moment: "release" | "epoch"; readonly span: Span }[] = [];
  let rest: Pick<Provenance, "verifyDigest" | "retain"> = {};
  for (const clause of clauses) {
    switch (clause.kind) {
      case "RequireClause":
        require.push({
          fields: readFields(clause, context),
          otherwise: clause.otherwise ?? "reject",
          span: clause.span,
        });
        break;
      case "VerifyClause":
        requireDigestField(clause.span, context);
        rest = { ...rest, verifyDigest: { span: clause.span } };
        break;
      case "TraceClause": {
        const traced = readTrace(clause, context);
        if (traced !== undefined) trace.push(traced);
        break;
      }
      case "RetainClause": {
        const duration =
          clause.duration === "forever"
            ? "forever"
            : readPositiveDuration(clause.duration, context, TOP_LEVEL)?.value;
        if (duration !== undefined) rest = { ...rest, retain: { duration, span: clause.span } };
        break;
      }
      case "AttestClause":
        attest.push({ moment: clause.moment, span: clause.span });
        break;
    }
  }
  return { require, trace, attest, ...rest };
}

function readFields(
  clause: Extract<ProvenanceClause, { kind: "RequireClause" }>,
  context: CheckContext,
): readonly string[] {
  return clause.fields.flatMap((name) => {
    if (context.schema.has(name.text)) return [name.text];
    if (context.contested.has(name.text)) return [];
    const fields = [...context.schema.keys()];
    context.report("GOV6001", name.span, `the schema has no field \`${name.text}\` to require`, {
      help: suggestName(name.text, fields) ?? `declare \`${name.text}\` in the \`example\` block`,
    });
    return [];
  });
}

function requireDigestField(span: Span, context: CheckContext): void {
  const has = [...context.schema.values()].some((field) => field.type.kind === "digest");
  if (!has && context.contested.size === 0)
    context.report("GOV6001", span, "the schema has no field of type `digest` to verify", {
      help: "declare one in the `example` block: `sha: digest`",
    });
}

function readTrace(
  clause: Extract<ProvenanceClause, { kind: "TraceClause" }>,
  context: CheckContext,
): Trace | undefined {
  const bands = distinct(clause.bands, context).map((name) => entityOf(name, context, TOP_LEVEL));
  const behaviors = distinct(clause.behaviors, context).map((name) => entityOf(name, context, TOP_LEVEL));
  const every =
    clause.every === undefined
      ? { value: { count: 1, unit: "steps" as const } }
      : readPositiveDuration(clause.every, context, TOP_LEVEL);
  const top = clause.top && readCount(clause.top, context, TOP_LEVEL);
  if (top?.value === 0 && clause.top !== undefined)
    context.report("GOV3002", clause.top.span, "`top 0` keeps nothing", {
      help: "leave `top` out to keep every example",
    });
  if (
    every?.value === undefined ||
    !bands.every((band) => band !== undefined) ||
    !behaviors.every((behavior) => behavior !== undefined)
  )
    return undefined;
  return {
    bands,
    behaviors,
    every: every.value,
    span: clause.span,
    ...(top?.value === undefined ? {} : { top: top.value }),
  };
}
