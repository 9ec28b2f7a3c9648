/**
 * How the compiler grows with a policy, beside Cedar, Prisma and TypeSpec on files of the same number of lines:
 *
 *     npm run build && npm run bench:scale [RUNS]
 *
 * The peers are installed into `bench/peers` where they are not there. Wall times stand beside the processor's own: on
 * a busy machine only these tell anything.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as ParseModule from "../src/syntax/parse.ts";
import type * as BindModule from "../src/bind/bind.ts";
import type * as CheckModule from "../src/check/check.ts";
import type * as FindModule from "../src/model/find.ts";
import type * as ResolveModule from "../src/model/resolve.ts";
import type * as ClaimsModule from "../src/reason/claims.ts";
import type * as GroundsModule from "../src/reason/grounds.ts";
import type * as ReviewModule from "../src/reason/rules/review.ts";
import type * as TextModule from "../src/source/text.ts";
import type * as FormatModule from "../src/format/format.ts";
import { CEDAR_SCHEMA, cedarText, prismaText, typeSpecText } from "./scale/peer-texts.ts";
import { generateClaim, generatePolicy } from "./scale/policy.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PEERS = join(ROOT, "bench/peers");
const RUNS = Number(process.argv[2] ?? 15);
const LINES = 4_500;
const FOLDER = mkdtempSync(join(tmpdir(), "gov-scale-"));

interface Timing {
  /** Milliseconds. */
  readonly first: number;
  readonly median: number;
  readonly processor: number;
}

async function main(): Promise<void> {
  if (!existsSync(join(PEERS, "node_modules")))
    execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: PEERS, stdio: "inherit" });
  console.log(
    `Node ${process.versions.node}; ${RUNS} runs each in one process, medians; ms\n\n${row(["what", "lines", "first", "median", "processor"])}\n${row(["-", "-", "-", "-", "-"])}`,
  );
  for (const declarations of [50, 100, 250, 500, 5_000]) await measurePolicy(declarations);
  await measureClaim(200);
  await measurePeers();
}

async function measurePolicy(declarations: number): Promise<void> {
  const text = generatePolicy(declarations);
  const lines = countLines(text);
  const runs = declarations > 500 ? 3 : RUNS;
  const steps = await compilerSteps(text);
  for (const [name, step] of Object.entries(steps)) show(`gov: ${name}`, lines, await time(step, runs));
  const path = join(FOLDER, `${declarations}.gov`);
  writeFileSync(path, text);
  showProcess("gov check, a cold process", lines, [join(ROOT, "dist/src/cli/main.js"), "check", path], runs);
}

async function measureClaim(cohorts: number): Promise<void> {
  const text = generateClaim(cohorts);
  const { claims } = await compilerSteps(text);
  show(`gov: a claim over ${cohorts} cohorts, 12 fields`, countLines(text), await time(claims, RUNS));
}

/** The steps of a compilation, each on what the steps before it left. */
async function compilerSteps(
  text: string,
): Promise<Readonly<Record<"parse" | "parse, check, reason" | "claims" | "format", () => unknown>>> {
  const { parse } = await built<typeof ParseModule>("syntax/parse");
  const { bind } = await built<typeof BindModule>("bind/bind");
  const { check } = await built<typeof CheckModule>("check/check");
  const { findNetwork } = await built<typeof FindModule>("model/find");
  const { resolveBands } = await built<typeof ResolveModule>("model/resolve");
  const { checkClaims } = await built<typeof ClaimsModule>("reason/claims");
  const { createGrounds } = await built<typeof GroundsModule>("reason/grounds");
  const { review } = await built<typeof ReviewModule>("reason/rules/review");
  const { createSourceText } = await built<typeof TextModule>("source/text");
  const { formatText } = await built<typeof FormatModule>("format/format");
  const sources = new Map([["policy.gov", text]]);
  const checked = () => {
    const { bound } = bind({ entry: "policy.gov", sources });
    const { policy, diagnostics } = check(bound, { params: new Map() });
    if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
    const { network } = findNetwork(policy, sources, undefined);
    const resolved = network && { network, extents: resolveBands(policy, network).extents };
    return { policy, bound, ...(resolved && { resolved }) };
  };
  const known = checked();
  return {
    parse: () => parse(createSourceText("policy.gov", text)),
    "parse, check, reason": () => {
      const fresh = checked();
      const grounds = createGrounds(fresh.policy, fresh.resolved);
      return [...checkClaims(grounds), ...review(grounds, fresh.bound)];
    },
    claims: () => checkClaims(createGrounds(known.policy, known.resolved)),
    format: () => formatText(text),
  };
}

/** A module as it is shipped; measuring what jiti makes of the sources would measure jiti. */
async function built<Module>(path: string): Promise<Module> {
  const module: unknown = await import(pathToFileURL(join(ROOT, `dist/src/${path}.js`)).href);
  return module as Module;
}

async function measurePeers(): Promise<void> {
  const load = createRequire(join(PEERS, "package.json"));
  const cedar = load("@cedar-policy/cedar-wasm/nodejs") as {
    readonly validate: (call: unknown) => { readonly validationErrors?: readonly unknown[] };
    readonly formatPolicies: (call: unknown) => { readonly type: string };
  };
  const policies = cedarText(LINES);
  const validation = { schema: CEDAR_SCHEMA, policies: { staticPolicies: policies } };
  const answer = cedar.validate(validation);
  if (answer.validationErrors?.length !== 0)
    throw new Error(`Cedar: ${JSON.stringify(answer).slice(0, 500)}`);
  show("Cedar: parse and validate", countLines(policies), await time(() => cedar.validate(validation), RUNS));
  show(
    "Cedar: format",
    countLines(policies),
    await time(() => cedar.formatPolicies({ policyText: policies, lineWidth: 100, indentWidth: 2 }), RUNS),
  );
  const prisma = load("@prisma/prisma-schema-wasm") as {
    readonly validate: (params: string) => void;
    readonly format: (schema: string, params: string) => string;
  };
  const schema = prismaText(LINES);
  const files = [["schema.prisma", schema]];
  const position = {
    textDocument: { uri: "file:/schema.prisma" },
    options: { tabSize: 2, insertSpaces: true },
  };
  show(
    "Prisma: parse and validate",
    countLines(schema),
    await time(() => prisma.validate(JSON.stringify({ prismaSchema: files })), RUNS),
  );
  show(
    "Prisma: format",
    countLines(schema),
    await time(() => prisma.format(JSON.stringify(files), JSON.stringify(position)), RUNS),
  );
  const path = join(FOLDER, "main.tsp");
  const models = typeSpecText(LINES);
  writeFileSync(path, models);
  const typeSpec = (await import(
    pathToFileURL(join(PEERS, "node_modules/@typespec/compiler/dist/src/index.js")).href
  )) as {
    readonly NodeHost: unknown;
    readonly compile: (
      host: unknown,
      main: string,
      options: unknown,
    ) => Promise<{ readonly diagnostics: readonly unknown[] }>;
    readonly formatTypeSpec: (code: string) => Promise<string>;
  };
  const compileModels = (): Promise<unknown> => typeSpec.compile(typeSpec.NodeHost, path, { noEmit: true });
  show("TypeSpec: parse and check", countLines(models), await time(compileModels, RUNS));
  show(
    "TypeSpec: format",
    countLines(models),
    await time(() => typeSpec.formatTypeSpec(models), Math.min(RUNS, 5)),
  );
  const command = join(PEERS, "node_modules/@typespec/compiler/cmd/tsp.js");
  showProcess(
    "tsp compile, a cold process",
    countLines(models),
    [command, "compile", path, "--no-emit"],
    RUNS,
  );
}

async function time(step: () => unknown, runs: number): Promise<Timing> {
  const walls: number[] = [];
  const processor: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    await step();
    walls.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1_000);
  }
  return { first: walls[0] ?? Number.NaN, median: median(walls), processor: median(processor) };
}

function showProcess(name: string, lines: number, command: readonly string[], runs: number): void {
  const walls = Array.from({ length: runs }, () => {
    const began = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
    return performance.now() - began;
  });
  console.log(row([name, `${lines}`, (walls[0] ?? Number.NaN).toFixed(0), median(walls).toFixed(0), ""]));
}

function show(name: string, lines: number, { first, median: middle, processor }: Timing): void {
  console.log(row([name, `${lines}`, first.toFixed(1), middle.toFixed(1), processor.toFixed(1)]));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

try {
  await main();
} finally {
  rmSync(FOLDER, { recursive: true });
}
