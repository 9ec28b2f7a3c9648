/** Artifacts as versions with a manifest; their files are copied beside the run, so that it can be synced at any time. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { artifactName, type Artifact } from "../artifacts.ts";
import type { ArtifactVersion, ManifestEntry, Values } from "./records.ts";

export interface VersionOptions {
  /** The W&B run, by which a version's ids are told from those of other runs. */
  readonly run: string;
  /** Where the copies go, absolute. */
  readonly folder: string;
  readonly metadata: Values;
}

/** Copies an artifact's files and describes the version that they make; the same run gives the same ids. */
export function makeVersion(artifact: Artifact, { run, folder, metadata }: VersionOptions): ArtifactVersion {
  const name = artifactName(artifact.name);
  const files = artifact.files.map(({ path, source }): ManifestEntry => {
    const copy = join(folder, name, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(source, copy);
    return describeFile(path, copy);
  });
  const references = artifact.references.map(({ path, sha256 }): ManifestEntry => ({
    ...{ kind: "reference", path, digest: sha256, address: `sha256:${sha256}` },
  }));
  const { kind, role, aliases = [] } = artifact;
  return versionOf({ name, type: kind, role, aliases, contents: [...files, ...references], metadata, run });
}

export function describeFile(path: string, source: string): ManifestEntry {
  const digest = createHash("md5").update(readFileSync(source)).digest("base64");
  return { kind: "file", path, digest, size: statSync(source).size, source };
}

/** The version that this content makes, with its digest and its ids. */
export function versionOf(
  version: Pick<ArtifactVersion, "name" | "type" | "role" | "contents" | "metadata"> & {
    readonly run: string;
    /** Besides `latest`, which is the version that comes last. */
    readonly aliases?: readonly string[];
  },
): ArtifactVersion {
  const { run, aliases = [], ...rest } = version;
  const contents = rest.contents.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const digest = manifestDigest(contents);
  return {
    ...{ ...rest, contents, digest, aliases: ["latest", ...aliases] },
    clientId: createId(`${run}/${rest.name}/${digest}`),
    sequenceClientId: createId(`${run}/${rest.name}`),
  };
}

/** MD5 in hex of the paths and digests in order of the paths, as W&B's server computes it. */
export function manifestDigest(contents: readonly Pick<ManifestEntry, "path" | "digest">[]): string {
  const hash = createHash("md5").update("wandb-artifact-manifest-v1\n");
  for (const { path, digest } of contents) hash.update(`${path}:${digest}\n`);
  return hash.digest("hex");
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** 128 letters and digits that follow from a text. */
function createId(text: string): string {
  const bytes = [0, 1].flatMap((part) => [...createHash("sha512").update(`${part}:${text}`).digest()]);
  return bytes.map((byte) => DIGITS.charAt(byte % DIGITS.length)).join("");
}
