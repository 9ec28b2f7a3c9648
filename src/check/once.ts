import type { Declaration } from "../syntax/ast.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import type { Report } from "./context.ts";

/** What a file may say only once: its model, its examples' fields, its provenance, its default. */
export function checkOnce(parsed: ParsedFile, report: Report): void {
  const first = new Map<string, Declaration>();
  for (const declaration of parsed.file.declarations) {
    const what = nameOnce(declaration);
    if (what === undefined) continue;
    const earlier = first.get(what);
    if (earlier === undefined) {
      first.set(what, declaration);
      continue;
    }
    report("GOV3009", declaration.span, `\`${what}\` is declared more than once`, {
      related: [{ span: earlier.span, text: "first declared here" }],
      help: what === "route default" ? "remove one of the two" : "say it once: put the two together",
    });
  }
}

function nameOnce(declaration: Declaration): string | undefined {
  switch (declaration.kind) {
    case "ModelDeclaration":
      return "model";
    case "ExampleDeclaration":
      return "example";
    case "ProvenanceDeclaration":
      return "provenance";
    case "RouteDeclaration":
      return declaration.route.kind === "RouteDefault" ? "route default" : undefined;
    default:
      return undefined;
  }
}
