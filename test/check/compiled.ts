import { compile, type Compilation } from "../../src/compile.ts";
import type { CheckedPolicy } from "../../src/check/policy.ts";
import type { BandExtents } from "../../src/model/network.ts";

export interface Setting {
  /** Modules by path, `std/…` without its ending. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, string>>;
}

export function compileText(text: string, { modules = {}, set = {} }: Setting = {}): Compilation {
  const sources = new Map([["policy.gov", text], ...Object.entries(modules)]);
  return compile({ entry: "policy.gov", sources, params: new Map(Object.entries(set)) });
}

/** What a policy without errors means. */
export function meaningOf(text: string, setting?: Setting): CheckedPolicy {
  const { policy, diagnostics } = compileText(text, setting);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics.map(({ message }) => message)));
  return policy;
}

/** The codes of what is said about a policy. */
export function codesOf(text: string, setting?: Setting): readonly string[] {
  return compileText(text, setting).diagnostics.map(({ code }) => code);
}

export function extentsOf(text: string, setting?: Setting): BandExtents {
  const { extents, diagnostics } = compileText(text, setting);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (extents === undefined || errors.length > 0)
    throw new Error(JSON.stringify(errors.map(({ message }) => message)));
  return extents;
}

/** A band's extent in short: `code[0..3,8..9]`, layers that it holds whole by their names alone. */
export function showExtent(extents: BandExtents, band: string): string {
  return (extents.get(band) ?? [])
    .map(({ layer, units }) =>
      units === "whole"
        ? layer
        : `${layer}[${units.map(({ low, high }) => `${String(low)}..${String(high)}`).join(",")}]`,
    )
    .join(" ");
}

/** Without the places that said it: what two policies that mean the same have in common. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "span" && key !== "via")
      .map(([key, member]) => [key, withoutPlaces(member)]),
  );
}
