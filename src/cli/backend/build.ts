/**
 * A working native backend without its publisher's download: the add-on is compiled against the C interface of the
 * TensorFlow that comes in a Python wheel. Nothing of Python is needed but `pip`, to have the wheel.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { NATIVE_PACKAGE, NATIVE_VERSION, nodeApiHeaders, type NativePackage } from "./native-package.ts";

/** The release of TensorFlow that the add-on is known to compile and to train with. */
const TENSORFLOW = "2.21.0";

/** The wheel is one of many that hold the same library; which Python it is for does not matter here. */
const PLATFORMS: Readonly<Record<string, string>> = {
  x64: "manylinux_2_27_x86_64",
  arm64: "manylinux_2_27_aarch64",
};

export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly remedy: string | undefined;

  constructor(problem: string, remedy?: string) {
    super(problem);
    this.remedy = remedy;
  }
}

export interface BuildRequest {
  readonly native: NativePackage | undefined;
  readonly library: "cpu" | "cuda";
  /** A wheel that is there already. */
  readonly wheel: string | undefined;
  readonly say: (line: string) => void;
}

/**
 * Puts the library and the compiled add-on into the package's folder; what was there before stays until both are ready.
 * @throws BuildError with what to do.
 */
export function buildNative({ native, library, wheel, say }: BuildRequest): void {
  const platform = PLATFORMS[process.arch];
  if (process.platform !== "linux" || platform === undefined)
    throw new BuildError(
      `this works on Linux (x64, arm64); here it is ${process.platform} on ${process.arch}`,
      `elsewhere the package's own way is needed: npm rebuild ${NATIVE_PACKAGE} --build-addon-from-source`,
    );
  if (native === undefined)
    throw new BuildError(
      `${NATIVE_PACKAGE} is not installed`,
      `npm install --ignore-scripts ${NATIVE_PACKAGE}@${NATIVE_VERSION}`,
    );
  if (native.version !== NATIVE_VERSION)
    throw new BuildError(
      `${NATIVE_PACKAGE} ${native.version} is installed, and ${NATIVE_VERSION} is needed`,
      `npm install --ignore-scripts ${NATIVE_PACKAGE}@${NATIVE_VERSION}`,
    );
  if (wheel !== undefined && !existsSync(wheel)) throw new BuildError(`there is no file \`${wheel}\``);
  const headers = nodeApiHeaders();
  if (headers === undefined)
    throw new BuildError(
      "the headers of Node's add-on interface are missing",
      "npm install node-api-headers",
    );
  requireTool("g++", ["--version"], "a C++ compiler: on Debian and Ubuntu `apt-get install g++`");
  requireTool("python3", ["--version"], "Python 3: on Debian and Ubuntu `apt-get install python3-pip`");

  const work = makeWorkFolder(native);
  try {
    const file = wheel ?? downloadWheel(library, platform, work, say);
    const dependencies = join(work, "deps");
    say(`unpacking the library from ${basename(file)}`);
    run("python3", ["-c", UNPACK, file, dependencies], "the wheel could not be unpacked");
    say("compiling the add-on, for up to a minute");
    const addon = join(work, "tfjs_binding.node");
    compileAddon(native, headers, dependencies, addon);
    putInPlace(native, dependencies, addon);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeWorkFolder({ folder }: NativePackage): string {
  try {
    return mkdtempSync(join(folder, ".build-"));
  } catch (error) {
    throw new BuildError(
      `nothing can be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      "install the package where you may write",
    );
  }
}

function requireTool(tool: string, probe: readonly string[], remedy: string): void {
  if (spawnSync(tool, probe, { stdio: "ignore" }).status !== 0)
    throw new BuildError(`\`${tool}\` is needed, and cannot be run here`, remedy);
}

function downloadWheel(
  library: BuildRequest["library"],
  platform: string,
  folder: string,
  say: BuildRequest["say"],
): string {
  const name = library === "cuda" ? "tensorflow" : "tensorflow-cpu";
  say(`downloading ${name} ${TENSORFLOW} with pip (about ${library === "cuda" ? "600" : "270"} MB)`);
  const target = [
    "--platform",
    platform,
    "--implementation",
    "cp",
    "--python-version",
    "3.11",
    "--abi",
    "cp311",
  ];
  run(
    "python3",
    [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary=:all:",
      ...target,
      "--dest",
      folder,
      `${name}==${TENSORFLOW}`,
    ],
    `pip could not download ${name} ${TENSORFLOW}`,
    "where there is no network, download the wheel elsewhere and give it with `--wheel FILE`",
  );
  const file = readdirSync(folder).find((entry) => entry.endsWith(".whl"));
  if (file === undefined) throw new BuildError("pip left no wheel behind");
  return join(folder, file);
}

/** Two libraries, and of the headers those that the C interface takes in. */
const UNPACK = `
import os, sys, zipfile
wheel, target = sys.argv[1:]
headers = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/", "xla/tsl/")
found = 0
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"):
            path = os.path.join(target, "lib", os.path.basename(name)); found += 1
        elif name.startswith("tensorflow/include/") and name.endswith(".h") and name[19:].startswith(headers):
            path = os.path.join(target, "include", name[19:])
        else:
            continue
        if ".." in name: sys.exit("a name in the wheel leads out of it")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, "wb") as copy:
            while block := source.read(1 << 20): copy.write(block)
if found != 2: sys.exit("this is no wheel of TensorFlow for Linux: it lacks libtensorflow_cc.so.2")
`;

function compileAddon(
  { folder }: NativePackage,
  headers: string,
  dependencies: string,
  output: string,
): void {
  const library = (name: string): string => join(dependencies, "lib", name);
  run(
    "g++",
    [
      ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
      ...["-I", headers, "-I", join(dependencies, "include"), "-I", folder],
      ...[join(folder, "binding/tfjs_backend.cc"), join(folder, "binding/tfjs_binding.cc")],
      ...["-o", output, library("libtensorflow_cc.so.2"), library("libtensorflow_framework.so.2")],
      "-Wl,-rpath,$ORIGIN/../../deps/lib",
    ],
    "the add-on does not compile",
  );
}

/** Both are written beside their places; only whole ones take them. */
function putInPlace({ folder, addon }: NativePackage, dependencies: string, compiled: string): void {
  const place = join(folder, "deps");
  rmSync(place, { recursive: true, force: true });
  renameSync(dependencies, place);
  mkdirSync(dirname(addon), { recursive: true });
  renameSync(compiled, addon);
}

function run(command: string, words: readonly string[], problem: string, remedy?: string): void {
  const { status, stderr, error } = spawnSync(command, words, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status === 0) return;
  const said = error?.message ?? stderr.trim().split("\n").slice(-3).join("; ");
  throw new BuildError(said === "" ? problem : `${problem}: ${said}`, remedy);
}
