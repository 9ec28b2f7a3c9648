/** The optional native package as it lies in `node_modules`: what is there, and what its add-on would be made of. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const NATIVE_PACKAGE = "@tensorflow/tfjs-node-gpu";

/** The release whose add-on is known to compile against the library, and whose tape the hooks are written for. */
export const NATIVE_VERSION = "4.22.0";

export interface NativePackage {
  readonly folder: string;
  readonly version: string;
  /** Where the package looks for its compiled add-on. */
  readonly addon: string;
  readonly isBuilt: boolean;
}

/** The package that a run would import; undefined where none is installed. */
export function findNativePackage(from: string = import.meta.url): NativePackage | undefined {
  const file = resolvePackage(NATIVE_PACKAGE, from);
  if (file === undefined) return undefined;
  const { version, binary } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly version: string;
    readonly binary?: { readonly napi_versions?: readonly number[] };
  };
  const supported = Number(process.versions["napi"] ?? 0);
  const known = (binary?.napi_versions ?? []).filter((own) => own <= supported);
  const folder = dirname(file);
  const addon = join(folder, "lib", `napi-v${Math.max(0, ...known)}`, "tfjs_binding.node");
  return { folder, version, addon, isBuilt: existsSync(addon) };
}

/** The headers of Node's stable add-on interface, which come with this package. */
export function nodeApiHeaders(from: string = import.meta.url): string | undefined {
  const file = resolvePackage("node-api-headers", from);
  return file && join(dirname(file), "include");
}

function resolvePackage(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}
