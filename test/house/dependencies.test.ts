/** The laws of the house: who may import whom (ARCHITECTURE.md). */
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { beforeAll, expect, test } from "vitest";

/** From text to training: each room imports itself and those before it. */
const ROOMS = [
  "src/source",
  "grammar",
  "src/syntax",
  "src/bind",
  "src/check",
  "src/model",
  "src/reason",
  "src/ir",
  "src/compile.ts",
  "src/lower",
  "src/runtime",
  "src/evidence",
  "src/trackers",
  "src/report",
  "src/format",
  "src/index.ts",
  "src/ide",
  "playground/src",
  "src/project",
  "language-server/src",
  "language-server/vscode/src",
  "src/cli",
] as const;

/** Rooms that run in a browser unchanged: pure functions of texts. */
const PURE =
  /^(?:src\/(?:source|syntax|bind|check|model|reason|ir|lower|format|ide|compile\.ts)|grammar\/(?!generate)|playground\/src)/;

/** Commands that must start fast, and so must never reach TensorFlow. */
const LIGHT = [
  "check",
  "compile",
  "fmt",
  "fix",
  "explain",
  "why",
  "diff",
  "plan",
  "data",
  "init",
  "test",
  "lsp",
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Types alone: gone before anything runs. */
  readonly typesOnly: boolean;
  readonly dynamic: boolean;
  /** A module of Node's own. */
  readonly core: boolean;
}

const imports: Import[] = [];

beforeAll(async () => {
  const { output } = await cruise(
    ["src", "grammar", "playground/src", "language-server/src", "language-server/vscode/src"],
    {
      doNotFollow: { path: "node_modules" },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: {
        extensions: [".ts", ".js", ".json"],
        exportsFields: ["exports"],
        conditionNames: ["import"],
      },
    },
  );
  const { modules } = output as ICruiseResult;
  for (const { source, dependencies } of modules)
    for (const { resolved, dependencyTypes, dynamic } of dependencies)
      imports.push({
        from: source,
        to: resolved,
        typesOnly: dependencyTypes.includes("type-only"),
        dynamic,
        core: dependencyTypes.includes("core"),
      });
  // A cruise that saw nothing would find every law kept.
  expect(imports.length).toBeGreaterThan(300);
});

function roomOf(path: string): number {
  return ROOMS.findIndex((room) => path === room || path.startsWith(`${room}/`));
}

function show({ from, to }: Import): string {
  return `${from} -> ${to}`;
}

test("every source file lies in a room", () => {
  const outside = new Set(imports.map(({ from }) => from).filter((from) => roomOf(from) < 0));
  expect([...outside].filter((path) => !path.includes("node_modules"))).toEqual([]);
});

test("rooms import only earlier rooms, types included", () => {
  const upward = imports.filter(({ from, to }) => roomOf(to) > roomOf(from));
  expect(upward.filter(({ from }) => roomOf(from) >= 0).map(show)).toEqual([]);
});

test("nothing imports the command line", () => {
  const into = imports.filter(({ from, to }) => to.startsWith("src/cli/") && !from.startsWith("src/cli/"));
  expect(into.map(show)).toEqual([]);
});

test("the compiler and the formatter know nothing of Node and tensors", () => {
  const impure = imports.filter(
    ({ from, to, core }) => PURE.test(from) && (core || to.includes("@tensorflow")),
  );
  expect(impure.map(show)).toEqual([]);
});

test("no module is part of a cycle", () => {
  expect(findCycle()).toEqual([]);
});

test.each(LIGHT)("gov %s never loads TensorFlow", (command) => {
  const path = findPath(`src/cli/commands/${command}.ts`, (to) => to.includes("@tensorflow"));
  expect(path).toEqual([]);
});

test("the program itself loads neither a command nor the compiler before it has to", () => {
  const isHeavy = (to: string): boolean => to.startsWith("src/cli/commands/") || to === "src/compile.ts";
  const reached = findPath("src/cli/main.ts", isHeavy, (found) => !found.dynamic);
  expect(reached).toEqual([]);
});

test("training is where TensorFlow is met, so that the tests above can fail", () => {
  expect(findPath("src/cli/commands/run.ts", (to) => to.includes("@tensorflow"))).not.toEqual([]);
});

/** How one module comes to load another, dynamic imports included; empty when it does not. */
function findPath(
  start: string,
  isGoal: (to: string) => boolean,
  counts: (found: Import) => boolean = () => true,
): readonly string[] {
  expect(imports.some(({ from }) => from === start)).toBe(true);
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  for (const module of cameFrom.keys()) {
    for (const found of imports) {
      if (found.from !== module || found.typesOnly || !counts(found) || cameFrom.has(found.to)) continue;
      cameFrom.set(found.to, module);
      if (!isGoal(found.to)) continue;
      const path: string[] = [];
      for (let at: string | undefined = found.to; at !== undefined; at = cameFrom.get(at)) path.unshift(at);
      return path;
    }
  }
  return [];
}

/** The modules of some cycle of imports that are there at run time; empty when there is none. */
function findCycle(): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, typesOnly } of imports) {
    if (typesOnly || roomOf(from) < 0 || roomOf(to) < 0) continue;
    targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const finished = new Set<string>();
  const visit = (module: string, chain: readonly string[]): readonly string[] => {
    if (chain.includes(module)) return [...chain.slice(chain.indexOf(module)), module];
    if (finished.has(module)) return [];
    for (const target of targets.get(module) ?? []) {
      const cycle = visit(target, [...chain, module]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(module);
    return [];
  };
  for (const module of targets.keys()) {
    const cycle = visit(module, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
