import { describe, expect, test } from "vitest";
import { parsePublicKey, parseSigningKey, signingKeyFrom } from "../../../src/evidence/ledger/keys.ts";
import { cosign, parseNote, signatureOf, signCheckpoint } from "../../../src/evidence/ledger/note.ts";
import { KEY } from "../written-run.ts";

// From the documentation of Go's golang.org/x/mod/sumdb/note.
const GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

test("keys are those of signed notes: Go's example is read and written alike", () => {
  const key = parseSigningKey(GO_PRIVATE);
  expect(key?.text).toBe(GO_PRIVATE);
  expect(key?.publicKey.text).toBe(GO_PUBLIC);
  expect(parsePublicKey(`${GO_PUBLIC}\n`)?.id).toBe("c74f20a3");
  const text = Buffer.from(
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  );
  const signature = Buffer.from(key?.sign(text) ?? []).toString("base64");
  // Likewise from there, after the four bytes of the key's id.
  expect(signature).toBe(
    Buffer.from(
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
      "base64",
    )
      .subarray(4)
      .toString("base64"),
  );
});

test("every change of a character makes a public key none", () => {
  for (let at = 0; at < GO_PUBLIC.length; at += 1) {
    const changed = `${GO_PUBLIC.slice(0, at)}${GO_PUBLIC[at] === "A" ? "B" : "A"}${GO_PUBLIC.slice(at + 1)}`;
    expect(parsePublicKey(changed), changed).toBeUndefined();
  }
});

describe("a checkpoint", () => {
  const checkpoint = { origin: "example.com/tests/run", size: 3, root: new Uint8Array(32).fill(5) };
  const note = signCheckpoint(checkpoint, KEY);
  const witness = signingKeyFrom("witness.example", new Uint8Array(32).fill(3));

  test("can be signed by witnesses, too, each once", () => {
    const parsed = parseNote(note);
    if (parsed.problem !== undefined) throw new Error(parsed.problem);
    expect(signatureOf(parsed.note, KEY.publicKey)).toBe("signed");
    expect(signatureOf(parsed.note, witness.publicKey)).toBe("absent");
    const twice = cosign(cosign(note, parsed.note.body, witness), parsed.note.body, witness);
    const signed = parseNote(twice);
    if (signed.problem !== undefined) throw new Error(signed.problem);
    expect(signed.note.signatures.map(({ name }) => name)).toEqual(["example.com/tests", "witness.example"]);
    expect(signatureOf(signed.note, witness.publicKey)).toBe("signed");
  });

  test("does not verify, or is none, when any byte of it differs", () => {
    const bytes = Buffer.from(note);
    for (let at = 0; at < bytes.length; at += 1)
      for (const bit of [1, 2, 128]) {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ bit;
        const parsed = parseNote(other.toString("utf8"));
        const verdict = parsed.problem === undefined ? signatureOf(parsed.note, KEY.publicKey) : "no note";
        expect(verdict, `byte ${at}`).not.toBe("signed");
      }
  });

  test.each([
    ["", 1],
    ["origin\n3\n", 3],
    ["origin\n03\n", 2],
    ["origin\n-3\n", 2],
    [`origin\n3\n${Buffer.alloc(32).toString("base64")}\n`, 5],
    [note.replace("\n\n", "\nmore\n\n"), 4],
    [note.slice(0, -1), 5],
    [`${note}\n`, 6],
    [note.replace("— ", "- "), 5],
  ])("%j is none, because of line %i", (text, line) => {
    expect(parseNote(text)).toMatchObject({ line });
  });
});
