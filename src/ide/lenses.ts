/** Lines above declarations: what became of tests and claims, and who may train a band. */
import type { Span } from "../source/span.ts";
import { runTests } from "../reason/tests/run.ts";
import type { TestResult } from "../reason/tests/result.ts";
import { claimsOf } from "./claims.ts";
import type { Draft } from "./draft.ts";
import { sayLearners } from "./learners.ts";

export interface Lens {
  readonly span: Span;
  readonly kind: "test" | "band" | "claim";
  /** The test's title, the band's name. */
  readonly subject: string;
}

/** Where lenses stand; what they say is found when they come into sight. */
export function findLenses({ parsed }: Draft): readonly Lens[] {
  return parsed.file.declarations.flatMap((declaration): readonly Lens[] => {
    const { span } = declaration;
    switch (declaration.kind) {
      case "TestDeclaration":
        return [{ span, kind: "test", subject: declaration.title.value }];
      case "BandDeclaration":
        return [{ span, kind: "band", subject: declaration.name.text }];
      case "ClaimDeclaration":
        return [{ span, kind: "claim", subject: declaration.cohort.text }];
      default:
        return [];
    }
  });
}

/** What a lens says. */
export function sayLens({ span, kind, subject }: Lens, draft: Draft): string {
  switch (kind) {
    case "band":
      return `learns from: ${sayLearners(subject, draft)}`;
    case "claim": {
      const verdicts = new Set(claimsOf(span, draft).map(({ verdict }) => verdict));
      if (verdicts.size === 0) return "not examined: the policy has errors";
      return (["refuted", "left to the run", "proved"] as const)
        .filter((verdict) => verdicts.has(verdict))
        .join(", ");
    }
    case "test": {
      const result = runTestAt(span.start, draft);
      if (result === undefined) return "not run: the policy has errors";
      const { length } = result.failures;
      return length === 0
        ? "passes"
        : `${length} ${length === 1 ? "expectation fails" : "expectations fail"}`;
    }
  }
}

/** Runs the test that begins at an offset; undefined while the policy has errors. */
export function runTestAt(offset: number, draft: Draft): TestResult | undefined {
  const { policy } = draft.compilation;
  const test = policy?.tests.find(
    ({ span }) => span.start === offset && span.file === draft.parsed.source.file,
  );
  if (policy === undefined || test === undefined) return undefined;
  return runTests(policy, draft.bands(), [test])[0];
}
