import type { BoundPolicy } from "../bind/bind.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { suggestName } from "../source/nearest.ts";
import { relativePath, resolvePath } from "../source/path.ts";
import type { BehaviorDeclaration } from "../syntax/ast.ts";

/**
 * The behaviours whose probe a run would not find. A warning: the examples may be made later, or lie on another machine.
 *
 * @param present The files that are known to be there, by path from the project's root.
 */
export function findMissingProbes(bound: BoundPolicy, present: ReadonlySet<string>): readonly Diagnostic[] {
  return [...bound.files].flatMap(([file, { file: tree }]) =>
    tree.declarations.flatMap((declaration) =>
      declaration.kind === "BehaviorDeclaration" ? findMissing(declaration, file, present) : [],
    ),
  );
}

function findMissing(
  { name, probe }: BehaviorDeclaration,
  file: string,
  present: ReadonlySet<string>,
): readonly Diagnostic[] {
  const path = resolvePath(file, probe.value);
  if (path === undefined)
    return [
      diagnose("GOV6006", probe.span, `the probe file \`${probe.value}\` leaves the project`, {
        help: "probes lie inside the folder of the project",
      }),
    ];
  if (present.has(path)) return [];
  const others = [...present].map((other) => relativePath(file, other));
  return [
    diagnose("GOV6006", probe.span, `there is no probe file \`${probe.value}\``, {
      help:
        suggestName(relativePath(file, path), others) ??
        `a run that traces toward \`${name.text}\` needs it to begin; paths are relative to this file`,
    }),
  ];
}
