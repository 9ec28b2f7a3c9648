/** What a run used and made, as tools that keep versions of files know it. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ModelVersion } from "../evidence/lineage/lineage.ts";
import { CHECKPOINTS, isSourcePath, IR, PLAN } from "../evidence/layout.ts";
import type { TrackedRun } from "./tracker.ts";

export interface Artifact {
  readonly kind: "dataset" | "policy" | "evidence" | "model";
  readonly name: string;
  /** What the run was given, or what it made. */
  readonly role: "input" | "output";
  readonly files: readonly ArtifactFile[];
  /** What this version is called besides its number, such as `epoch-3`. */
  readonly aliases?: readonly string[];
  /** Things that are known by their digest alone. */
  readonly references: readonly { readonly path: string; readonly sha256: string }[];
}

export interface ArtifactFile {
  /** In the artifact. */
  readonly path: string;
  /** On the disk, absolute. */
  readonly source: string;
}

/**
 * The data by digest, the policy as compiled, the evidence, and each version of the model: the weights of every epoch by
 * digest, oldest first, and the last one's files where it was saved to a folder.
 */
export function artifactsOf(
  run: TrackedRun,
  model: string | undefined,
  versions: readonly ModelVersion[],
): readonly Artifact[] {
  const inFolder = filesIn(run.folder);
  const isPolicy = ({ path }: ArtifactFile): boolean => isSourcePath(path) || path === IR || path === PLAN;
  const policy = run.ir?.policy.name ?? run.plan?.policyName ?? "policy";
  return [
    ...Object.entries(run.environment?.data ?? {}).map(([name, sha256]): Artifact => ({
      ...{ kind: "dataset", name: artifactName(name), role: "input", files: [] },
      references: [{ path: artifactName(name), sha256 }],
    })),
    { kind: "policy", name: policy, role: "input", files: inFolder.filter(isPolicy), references: [] },
    {
      ...{ kind: "evidence", name: `${policy}-evidence`, role: "output" },
      files: inFolder.filter((file) => !isPolicy(file) && !file.path.startsWith(CHECKPOINTS)),
      references: [],
    },
    ...versionsOf(`${policy}-model`, versions),
    ...(model === undefined
      ? []
      : [
          {
            ...({ kind: "model", name: `${policy}-model`, role: "output" } as const),
            ...{ files: filesIn(model), references: [] },
          },
        ]),
  ];
}

/** Weights that come out the same again are the same version under another name. */
function versionsOf(name: string, versions: readonly ModelVersion[]): readonly Artifact[] {
  const byDigest = new Map<string, readonly string[]>();
  for (const { sha256, epoch } of versions)
    byDigest.set(sha256, [...(byDigest.get(sha256) ?? []), `epoch-${epoch}`]);
  return [...byDigest].map(([sha256, aliases]) => ({
    ...{ kind: "model", name, role: "output", files: [], aliases },
    references: [{ path: "weights", sha256 }],
  }));
}

/** Letters, digits, dots, dashes and underscores are what every tool lets into a name. */
export function artifactName(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 100) || "unnamed";
}

/** Regular files only: a link could lead out of the folder. */
function filesIn(folder: string, under = ""): readonly ArtifactFile[] {
  return readdirSync(join(folder, under))
    .toSorted()
    .flatMap((name): readonly ArtifactFile[] => {
      const path = under === "" ? name : `${under}/${name}`;
      const source = join(folder, path);
      const status = lstatSync(source);
      if (status.isDirectory()) return filesIn(folder, path);
      return status.isFile() ? [{ path, source }] : [];
    });
}
