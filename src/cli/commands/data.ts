/** `gov data`: what a policy makes of a data set, counted where it lies. */
import { resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { sayMoment } from "../../ide/tell/witness.ts";
import { ManifestError } from "../../project/manifest/manifest-error.ts";
import { openManifest, type ManifestFile } from "../../project/manifest/read.ts";
import { showPath } from "../../project/root.ts";
import { cellsOf } from "../../reason/cells.ts";
import { takeCensus, type Census, type Tally } from "../../reason/census.ts";
import type { Policy } from "../../check/policy.ts";
import { DUCKDB_PACKAGE, openDuckDb, type DuckDb } from "../data/duckdb.ts";
import { openListing, type Listing } from "../data/listing.ts";
import { layOutCensus } from "../data/pretty.ts";
import { queryManifest } from "../data/query.ts";
import type { Listener, RefusedRecord } from "../data/refused.ts";
import { scanManifest } from "../data/scan.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { failOnMoment, readMoment } from "../moment.ts";
import { complain, failToOpen, openPolicy, placesOf } from "../open.ts";
import { fail } from "../problem.ts";
import { paintLine } from "../progress/pieces.ts";
import type { DataRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** So many records that are not let in are shown. */
const SHOWN = 10;

/** So many combinations of cohorts are listed in JSON. */
const COMBINATIONS = 100;

/** From so many examples on it is worth saying what DuckDB would bring. */
const MANY = 100_000;

/**
 * Exit codes: 0 counted · 2 more are refused than `--max-refused` allows · 3 errors in the policy, or records that do not
 * fit its schema · 5 a run would be halted · 1 anything else.
 */
export async function data(request: DataRequest, terminal: Terminal): Promise<number> {
  const moment = readMoment(request.at);
  if (moment === undefined) return failOnMoment(request.at, terminal);
  const opened = await openPolicy(request.policy, request, terminal);
  const complaint = { command: "data", format: request.format };
  if (opened.kind === "problem") return failToOpen(opened, complaint, terminal);
  const { policy, network, extents, diagnostics, ir } = opened.compilation;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  complain(opened, { ...complaint, diagnostics: errors }, terminal);
  if (policy === undefined || ir === undefined) return EXIT.errors;

  const first: RefusedRecord[] = [];
  let listing: Listing | undefined;
  try {
    const files = await openAll(request.manifests, policy, terminal);
    listing =
      request.refused === undefined
        ? undefined
        : openListing(resolve(terminal.workingDirectory, request.refused));
    const taking = (record: RefusedRecord): void => {
      if (first.length < SHOWN) first.push(record);
      listing?.take(record);
    };
    const counted = await countAll(
      files,
      policy,
      { most: listing === undefined ? SHOWN : Infinity, take: taking },
      request,
      terminal,
    );
    if (counted.kind === "problem") return fail(terminal, counted.problem, counted.help);
    listing?.finish();
    const resolved = network === undefined || extents === undefined ? undefined : { network, extents };
    const census = takeCensus(policy, counted.tallies, { cells: cellsOf(policy, resolved), moment });
    const told = { census, first, moment, engine: counted.engine, placeOf: placesOf(opened.showing) };
    tell(told, policy, request, terminal);
    return exitCodeOf(census, request);
  } catch (error) {
    listing?.abandon();
    if (error instanceof ManifestError) return fail(terminal, error.message, error.help);
    if (error instanceof EvidenceError) return fail(terminal, error.message);
    throw error;
  }
}

async function openAll(
  manifests: readonly string[],
  { example }: Policy,
  { workingDirectory }: Terminal,
): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const manifest of manifests) {
    const path = resolve(workingDirectory, manifest);
    files.push(await openManifest(path, showPath(path, workingDirectory), example));
  }
  return files;
}

type Counted =
  | { readonly kind: "counted"; readonly tallies: readonly Tally[]; readonly engine: string }
  | { readonly kind: "problem"; readonly problem: string; readonly help: string };

async function countAll(
  files: readonly ManifestFile[],
  policy: Policy,
  listener: Listener,
  { engine, format }: DataRequest,
  terminal: Terminal,
): Promise<Counted> {
  const { err, colors, workingDirectory } = terminal;
  const note = (text: string): void => err(`${colors.cyan("note")}: ${escapeControls(text)}\n`);
  const database = engine === "scan" ? undefined : await openDuckDb(workingDirectory);
  if (engine === "duckdb" && database === undefined)
    return { kind: "problem", problem: "DuckDB is not installed", help: `npm install ${DUCKDB_PACKAGE}` };
  const tallies: Tally[] = [];
  try {
    for (const file of files) tallies.push(...(await countOne(file, database)));
  } finally {
    database?.close();
  }
  const examples = tallies.reduce((sum, { count }) => sum + count, 0);
  if (engine === "auto" && database === undefined && examples >= MANY && format === "pretty")
    note(`counted by the built-in scan; npm install ${DUCKDB_PACKAGE} makes that many times faster`);
  return { kind: "counted", tallies, engine: database === undefined ? "scan" : "duckdb" };

  async function countOne(file: ManifestFile, from: DuckDb | undefined): Promise<readonly Tally[]> {
    if (from === undefined) return await scanManifest(file, policy, listener);
    const queried = await queryManifest(from, file, policy, listener);
    if (queried.kind === "counted") return queried.tallies;
    note(`${file.shown} is read by the built-in scan: ${queried.problem}`);
    return await scanManifest(file, policy, listener);
  }
}

interface Told {
  readonly census: Census;
  readonly first: readonly RefusedRecord[];
  readonly moment: NonNullable<ReturnType<typeof readMoment>>;
  readonly engine: string;
  readonly placeOf: ReturnType<typeof placesOf>;
}

function tell(
  { census, first, moment, engine, placeOf }: Told,
  policy: Policy,
  { format, manifests, refused: listing }: DataRequest,
  { out, columns, colors, isInteractive }: Terminal,
): void {
  if (format === "json") {
    const { combinations, refused, ...counts } = census;
    out(
      jsonText({
        ...{ policy: policy.name, manifests, engine, moment, ...counts },
        refused: refused.map(({ requirement: { otherwise, fields, span }, examples, missing }) => ({
          ...{ otherwise, fields, place: placeOf(span), examples, missing },
        })),
        combinations: combinations.slice(0, COMBINATIONS),
        otherCombinations: Math.max(0, combinations.length - COMBINATIONS),
        first,
      }),
    );
    return;
  }
  const said = sayMoment(moment);
  const setting = { policy, manifests, first, listing, moment: said === "" ? "" : ` at ${said}`, placeOf };
  const width = isInteractive ? columns : Number.POSITIVE_INFINITY;
  for (const line of layOutCensus(census, setting)) out(`${paintLine(line, width, colors)}\n`);
}

function exitCodeOf({ misfits, refused }: Census, { maximumRefused }: DataRequest): number {
  if (misfits.examples > 0) return EXIT.errors;
  const count = (halts: boolean): number =>
    refused
      .filter(({ requirement }) => (requirement.otherwise === "halt") === halts)
      .reduce((sum, { examples }) => sum + examples, 0);
  if (count(true) > 0) return EXIT.halted;
  return maximumRefused !== undefined && count(false) > maximumRefused ? EXIT.tooManyRefused : EXIT.clean;
}
