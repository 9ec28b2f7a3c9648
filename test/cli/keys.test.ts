import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import { readSigningKey } from "../../src/evidence/key-files.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const KEYS = ".gov/keys";

/** A project with the keys `trainer` and `auditor`, and a run that the first one signed. */
async function project(ending: "finished" | "killed" = "finished"): Promise<string> {
  const folder = folderWith({});
  for (const name of ["trainer", "auditor"]) await gov(folder, ["keys", "make", name]);
  const key = readSigningKey(join(folder, KEYS, "trainer.key"));
  const run = await createRunFolder({ root: join(folder, "runs"), id: "signed", files: {}, key });
  for (const event of syntheticEvents({ steps: 20, ending })) run.recorder(event);
  if (ending === "finished") await run.close();
  return folder;
}

test("gov keys make writes a private key for its owner alone, and replaces none", async () => {
  const folder = folderWith({});
  const { code, out } = await gov(folder, ["keys", "make", "example.com/training"]);
  expect(code).toBe(EXIT.clean);
  const place = join(folder, KEYS, "example.com-training.key");
  expect(out).toContain(`${KEYS}/example.com-training.key`);
  expect(out).toMatch(/^example\.com\/training\+[0-9a-f]{8}\+A[A-Za-z0-9+/=]+$/m);
  if (process.platform !== "win32") expect(statSync(place).mode & 0o777).toBe(0o600);
  const before = readFileSync(place, "utf8");
  const again = await gov(folder, ["keys", "make", "example.com/training"]);
  expect(again).toMatchObject({
    code: EXIT.failed,
    err: expect.stringContaining("it exists already") as unknown,
  });
  expect(readFileSync(place, "utf8")).toBe(before);
});

test.each(["", "two words", "a+b", "bell\u0007"])("%j names no key", async (name) => {
  const folder = folderWith({});
  expect((await gov(folder, ["keys", "make", name])).code).toBe(EXIT.failed);
  expect(existsSync(join(folder, KEYS))).toBe(false);
});

test("gov keys show gives the public text, of a private key, too, and nothing more of that", async () => {
  const folder = await project();
  const shown = await gov(folder, ["keys", "show", `${KEYS}/trainer.key`, `${KEYS}/auditor.pub`]);
  expect(shown.out).toMatch(/^trainer {2}key [0-9a-f]{8}\ntrainer\+.*\nauditor {2}key/);
  expect(shown.out).not.toContain("PRIVATE");
});

test("a private key that others may read is refused", async () => {
  if (process.platform === "win32") return;
  const folder = await project();
  chmodSync(join(folder, KEYS, "auditor.key"), 0o644);
  const refused = await gov(folder, ["keys", "cosign", "runs", "--key", `${KEYS}/auditor.key`]);
  expect(refused).toMatchObject({ code: EXIT.failed, err: expect.stringContaining("chmod 600") as unknown });
});

test("gov verify says whose key it was, and holds the run against one that is trusted", async () => {
  const folder = await project();
  const alone = await gov(folder, ["verify", "runs"]);
  expect(alone.code).toBe(EXIT.clean);
  expect(alone.out).toMatch(
    /^verifies: runs\n {2}\d+ entries of trainer\/signed, signed by trainer \(key [0-9a-f]{8}\)/,
  );
  expect(alone.out).toContain("that is the key in the folder itself");
  const trusted = await gov(folder, ["verify", "runs", "--key", `${KEYS}/trainer.pub`]);
  expect(trusted.out).not.toContain("the key in the folder itself");
  const other = await gov(folder, ["verify", "runs", "--key", `${KEYS}/auditor.pub`]);
  expect(other.code).toBe(EXIT.unverified);
  expect(other.out).toMatch(/altered ledger\/checkpoint:5: it is not signed by auditor/);
  expect((await gov(folder, ["verify", "runs", "--key", "nowhere.pub"])).code).toBe(EXIT.failed);
});

test("a single decision is proved to who has the proof and a key alone", async () => {
  const folder = await project();
  const made = await gov(folder, ["verify", "runs", "--entry", "1", "-o", "decision.tlog-proof"]);
  expect(made).toMatchObject({ code: EXIT.clean, out: "decision.tlog-proof\n" });
  renameSync(join(folder, "runs"), join(folder, "gone"));
  const check = ["verify", "decision.tlog-proof", "--key"];
  const trusted = await gov(folder, [...check, `${KEYS}/trainer.pub`]);
  expect(trusted.code).toBe(EXIT.clean);
  expect(trusted.out).toMatch(
    /^verifies: decision\.tlog-proof\n {2}entry 1 of \d+ of trainer\/signed, signed by trainer/,
  );
  expect(trusted.out).toContain('"kind":"examples_refused"');
  const other = await gov(folder, [...check, `${KEYS}/auditor.pub`]);
  expect(other).toMatchObject({ code: EXIT.unverified });
  expect(other.out).toContain(
    "does not verify: decision.tlog-proof: the checkpoint is not signed by auditor",
  );
  expect(await gov(folder, check.slice(0, 2))).toMatchObject({
    ...{ code: EXIT.failed, err: expect.stringContaining("name it with --key") as unknown },
  });
});

test("there is no proof of an entry that is not there, nor of a ledger that does not verify", async () => {
  const folder = await project();
  const none = await gov(folder, ["verify", "runs", "--entry", "99"]);
  expect(none).toMatchObject({ code: EXIT.failed, err: expect.stringContaining("no entry 99") as unknown });
  appendFileSync(join(folder, "runs/signed/metrics.jsonl"), "x");
  const altered = await gov(folder, ["verify", "runs", "--entry", "1"]);
  expect(altered.code).toBe(EXIT.unverified);
  expect(altered.out).not.toContain("tlog-proof");
});

test("a witness signs what verifies, and can then be asked for", async () => {
  const folder = await project();
  const witness = ["verify", "runs", "--witness", `${KEYS}/auditor.pub`];
  expect((await gov(folder, witness)).code).toBe(EXIT.unverified);
  const signed = await gov(folder, ["keys", "cosign", "runs", "--key", `${KEYS}/auditor.key`]);
  expect(signed.out).toMatch(/^signed: trainer\/signed, \d+ entries, by auditor \(key/);
  const verified = await gov(folder, witness);
  expect(verified.code).toBe(EXIT.clean);
  expect(verified.out).toMatch(/also signed by auditor/);
});

test("a line under the checkpoint that nobody has checked is not called a signature", async () => {
  const folder = await project();
  await gov(folder, ["keys", "cosign", "runs", "--key", `${KEYS}/auditor.key`]);
  const checkpoint = join(folder, "runs", "signed", "ledger", "checkpoint");
  appendFileSync(checkpoint, `— regulator.example ${Buffer.alloc(68, 1).toString("base64")}\n`);
  const witness = ["--witness", `${KEYS}/auditor.pub`];
  const unasked = await gov(folder, ["verify", "runs"]);
  expect(unasked.out).not.toContain("also signed by");
  expect(unasked.out).toMatch(
    /there are lines of auditor \(key \w+\), regulator\.example \(key 01010101\), too, which nobody has checked/,
  );
  const asked = await gov(folder, ["verify", "runs", ...witness]);
  expect(asked.out).toMatch(/also signed by auditor \(key \w+\)\n {2}there are lines of regulator\.example/);
  const json = await gov(folder, ["verify", "runs", ...witness, "--format", "json"]);
  expect(JSON.parse(json.out)).toMatchObject({ verifies: true, witnesses: [{ name: "auditor" }] });
});

test("a run that lies under the name of another is whole, and is told of", async () => {
  const folder = await project();
  expect((await gov(folder, ["verify", "runs"])).out).not.toContain("the folder is called");
  renameSync(join(folder, "runs", "signed"), join(folder, "runs", "wanted"));
  const { code, out } = await gov(folder, ["verify", "runs/wanted"]);
  expect(code).toBe(EXIT.clean);
  expect(out).toContain("the folder is called wanted, and holds the run signed\n");
});

test("an unfinished record is told of, and passes only where that is wanted", async () => {
  const folder = await project("killed");
  const { code, out } = await gov(folder, ["verify", "runs"]);
  expect(code).toBe(EXIT.unverified);
  expect(out).toMatch(/^cut off ledger: the run was stopped before it could record its end\nunfinished/);
  expect((await gov(folder, ["verify", "runs", "--unfinished"])).code).toBe(EXIT.clean);
  const refused = await gov(folder, ["keys", "cosign", "runs", "--key", `${KEYS}/auditor.key`]);
  expect(refused.err).toMatch(/a witness signs what verifies/);
});
