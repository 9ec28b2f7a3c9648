/** `gov backend`: which backends a run can compute on here, and the native one made to work. */
import { resolve } from "node:path";
import { buildNative, BuildError } from "../backend/build.ts";
import { findNativePackage, NATIVE_PACKAGE, NATIVE_VERSION } from "../backend/native-package.ts";
import { probeBackend } from "../backend/probe.ts";
import type { BackendName, ProbeMessage } from "../backend/probe-messages.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { BackendBuildRequest, BackendDoctorRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

const BACKENDS: readonly BackendName[] = ["node-gpu", "wasm", "webgpu", "cpu"];

interface Examined {
  readonly name: BackendName;
  readonly works: boolean;
  /** What it is, or why it does not work. */
  readonly description: string;
  readonly remedy?: string;
}

/** Tries every backend out. Fails only where the embedded one, that everybody has, does not work. */
export async function examineBackends({ format }: BackendDoctorRequest, terminal: Terminal): Promise<number> {
  const found: Examined[] = [];
  for (const name of BACKENDS) found.push(describe(name, await probeBackend(name)));
  const chosen = found.find(({ works }) => works)?.name;
  if (format === "json") terminal.out(jsonText({ ...machine(), backends: found, auto: chosen ?? null }));
  else terminal.out(showBackends(found, chosen, terminal));
  return found.some(({ name, works }) => name === "wasm" && works) ? EXIT.clean : EXIT.failed;
}

/** Builds the native backend and tries it out. */
export async function buildBackend(request: BackendBuildRequest, terminal: Terminal): Promise<number> {
  const wheel = request.wheel && resolve(terminal.workingDirectory, request.wheel);
  try {
    const native = findNativePackage();
    buildNative({ native, library: request.library, wheel, say: (line) => terminal.err(`${line}\n`) });
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return fail(terminal, error.message, error.remedy);
  }
  const probed = describe("node-gpu", await probeBackend("node-gpu"));
  if (!probed.works) return fail(terminal, `it was built, but ${probed.description}`, probed.remedy);
  terminal.out(`${terminal.colors.green("node-gpu")}  ${probed.description}\n`);
  return EXIT.clean;
}

function describe(name: BackendName, message: ProbeMessage): Examined {
  if (message.kind === "works") return { name, works: true, description: message.description };
  if (name !== "node-gpu")
    return {
      name,
      works: false,
      description: message.problem,
      ...(message.remedy && { remedy: message.remedy }),
    };
  const native = findNativePackage();
  if (native === undefined)
    return {
      ...{ name, works: false },
      description: `${NATIVE_PACKAGE} is not installed; it would compute several times as fast as wasm`,
      remedy: `npm install --ignore-scripts ${NATIVE_PACKAGE}@${NATIVE_VERSION} && npx gov backend build`,
    };
  return {
    ...{ name, works: false },
    description: native.isBuilt
      ? message.problem
      : `${NATIVE_PACKAGE} ${native.version} is installed without its add-on: its own download did not come through`,
    remedy: "npx gov backend build",
  };
}

function machine(): Readonly<Record<string, string>> {
  return { node: process.versions.node, platform: `${process.platform} ${process.arch}` };
}

function showBackends(found: readonly Examined[], chosen: string | undefined, { colors }: Terminal): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  const lines = found.flatMap(({ name, works, description, remedy }) => [
    `${works ? colors.green("✓") : colors.yellow("–")} ${colors.bold(name.padEnd(width))}  ${escapeControls(description)}`,
    ...(remedy === undefined ? [] : [`  ${" ".repeat(width)}  ${escapeControls(remedy)}`]),
  ]);
  const { node = "", platform = "" } = machine();
  return [
    `Node ${node} on ${platform}`,
    ...lines,
    `\`gov run\` takes ${chosen ?? "none of them"} where nothing else is asked for.`,
    "",
  ].join("\n");
}
