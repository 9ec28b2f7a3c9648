import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { admitExamples, type Admission, type Candidates } from "../../src/runtime/admission.ts";
import { gatherRows } from "../../src/runtime/data.ts";
import { digestOf } from "../../src/runtime/content.ts";
import { batchOf, bitsOf, compileOrFail, disposeBatch, startSmallRun } from "./small-run.ts";
import { cases } from "../generators/runs.ts";

const START = { step: 0, epoch: 0, examples: 0 };

beforeAll(() => tf.setBackend("cpu"));

/** Node's own SHA-256, which shares no code with ours. */
function sha(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function admit(schema: string, provenance: string, candidates: Candidates): Admission {
  const { policy } = compileOrFail(`example { id: string  ${schema} }  provenance { ${provenance} }`);
  return admitExamples(candidates, policy.example, policy.provenance, START);
}

const TEXTS = ["one", "two", "three"].map((text) => new TextEncoder().encode(text));
const RECORDED = TEXTS.map((bytes, row) => ({ id: `e${row}`, sha: sha(bytes) }));
const contents = (row: number): Uint8Array => TEXTS[row] ?? new Uint8Array();

describe("verify digest", () => {
  it("takes the digest that others take", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => digestOf(bytes) === sha(bytes)),
      cases(100),
    );
  });

  it("admits what is what it says, and refuses the rest, citing its own line", () => {
    const examples = RECORDED.map((example, row) =>
      row === 1 ? { ...example, sha: sha(contents(0)) } : example,
    );
    const { rows, refusals, quarantined, halt } = admit("sha: digest", "require id\nverify digest", {
      examples,
      contents,
    });
    expect(rows).toEqual([0, 2]);
    expect(refusals).toMatchObject([
      {
        disposition: "reject",
        count: 1,
        examples: [{ id: "e1", missing: [], altered: ["sha"] }],
        span: { line: 2 },
      },
    ]);
    expect([quarantined, halt]).toEqual([[], undefined]);
  });

  it.each([
    ["quarantine", { quarantined: [{ row: 0, missing: [], altered: ["sha"] }], rows: [1, 2] }],
    ["halt", { quarantined: [], rows: [1, 2], halt: { line: 2 } }],
  ])("does with it what is done with one that lacks the field: %s", (otherwise, expected) => {
    const examples = RECORDED.map((example, row) =>
      row === 0 ? { ...example, sha: sha(contents(2)) } : example,
    );
    const provenance = `require id, sha else ${otherwise}\nverify digest`;
    expect(admit("sha: digest", provenance, { examples, contents })).toMatchObject(expected);
  });

  it("says of an example that lacks its digest that it lacks it, and of an optional one nothing", () => {
    const examples = [{ id: "a" }, ...RECORDED.slice(1)];
    const demanded = admit("sha: digest?", "require sha\nverify digest", { examples, contents });
    expect(demanded.refusals).toMatchObject([
      { span: { line: 1 }, examples: [{ missing: ["sha"], altered: [] }] },
    ]);
    expect(admit("sha: digest?", "verify digest", { examples, contents }).rows).toEqual([0, 1, 2]);
  });

  it("holds each digest against its own content", () => {
    const examples = TEXTS.map((bytes, row) => ({
      id: `e${row}`,
      text: sha(bytes),
      mark: sha(Uint8Array.of(row)),
    }));
    const candidates = {
      examples,
      contents: { text: contents, mark: (row: number) => Uint8Array.of(row % 2) },
    };
    const { refusals } = admit("text: digest  mark: digest", "verify digest", candidates);
    expect(refusals).toMatchObject([{ count: 1, examples: [{ id: "e2", altered: ["mark"] }] }]);
  });

  it("reads the content anew every time: the rows of one batch are not those of the next", () => {
    let first = 0;
    const sliding = (row: number): Uint8Array => contents(first + row);
    const at = (start: number): Admission => {
      first = start;
      return admit("sha: digest", "verify digest", {
        examples: RECORDED.slice(start, start + 1),
        contents: sliding,
      });
    };
    expect(at(0).rows).toEqual([0]);
    expect(at(1).rows).toEqual([0]);
  });

  it("says what is to be given where there is nothing to hold digests against", () => {
    const one = (): unknown => admit("sha: digest", "verify digest", { examples: RECORDED });
    expect(one).toThrow("give `contents` or `inputs`");
    const two = (): unknown =>
      admit("a: digest?  b: digest?", "verify digest", { examples: [{ id: "x" }], contents });
    expect(two).toThrow("give `contents` as { a: (row) => bytes, b: (row) => bytes }");
    const half = (): unknown =>
      admit("a: digest?  b: digest?", "verify digest", {
        examples: [{ id: "x" }],
        contents: { a: contents },
      });
    expect(half).toThrow("no function for `b`");
    const odd = { examples: RECORDED, contents: (): Uint8Array => "bytes" as unknown as Uint8Array };
    expect(() => admit("sha: digest", "verify digest", odd)).toThrow("must be a Uint8Array");
  });
});

describe("without contents", () => {
  let tensors = 0;
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => expect(tf.memory().numTensors).toBe(tensors));

  it("takes the rows of the inputs, as they are held, in their order", () => {
    const numbers = [0.5, -1, 3, 1e-20, 7, 8];
    const inputs = [tf.tensor2d(numbers, [2, 3]), tf.tensor1d([4, -5], "int32")];
    const examples = [0, 1].map((row) => {
      const bytes = Buffer.alloc(16);
      numbers.slice(3 * row, 3 * row + 3).forEach((value, at) => bytes.writeFloatLE(value, 4 * at));
      bytes.writeInt32LE(row === 0 ? 4 : -5, 12);
      return { id: `e${row}`, sha: sha(bytes) };
    });
    expect(admit("sha: digest", "verify digest", { examples, inputs }).rows).toEqual([0, 1]);
    const swapped = { examples, inputs: inputs.toReversed() };
    expect(admit("sha: digest", "verify digest", swapped).rows).toEqual([]);
    tf.dispose(inputs);
  });

  it("keeps altered examples out of a step, and out of the weights", () => {
    const [governed, clean] = [startSmallRun("provenance { verify digest }"), startSmallRun("")];
    const batch = batchOf([1, 7, 2, 8]);
    const examples = batch.examples.map((example, row) =>
      row === 3 ? { ...example, sha: sha(contents(0)) } : example,
    );
    governed.governor.step({ ...batch, examples });
    const three = gatherRows(batch, [0, 1, 2]);
    clean.governor.step(three);
    expect(governed.eventsOf("examples_refused")[0]?.examples).toMatchObject([{ altered: ["sha"] }]);
    expect(bitsOf(governed.variables)).toEqual(bitsOf(clean.variables));
    disposeBatch(batch);
    disposeBatch(three);
    governed.dispose();
    clean.dispose();
  });
});
