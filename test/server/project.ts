/** The project that the tests of the server work on. */
import type { Range, TextEdit } from "vscode-languageserver-protocol/node";
import { startClient, type Client } from "./client.ts";

export const POLICY = `policy digits "Digits" version "1.0.0"

import { finite_loss } from "std/guards"
import { held_out } from "shared/cohorts.gov"

model "model.json"

/// What is known of a digit.
example {
  id: string
  label: int in 0..9
  licence: enum("cc0", "by")
}

/// The code's upper half.
band top = layers "code" units 0..15
band bottom = layers "code" units 16..31

cohort low = label in 0..4
cohort free = licence == "cc0" and label in 0..8

route low -> bottom: block
route held_out -> top: 25%
route free -> top: 50%

bound entropy(top) in 0.1..0.9 {
  below => warn
}

behavior sevens = probe "sevens.jsonl"

apply finite_loss()

never low -> bottom

test "a three" {
  given { label: 3, licence: "cc0" }
  expect bottom: block
}
`;

export const FILES = {
  "policy.gov": POLICY,
  "shared/cohorts.gov":
    'module cohorts "Cohorts"\n\nexample {\n  label: int in 0..9\n}\n\n/// Kept for the end.\ncohort held_out = label == 9\n',
  "model.json": JSON.stringify({
    format: "gov-network",
    version: 1,
    layers: [
      {
        name: "code", kind: "dense", trainable: true, units: 32, inputs: [],
        parameters: [{ name: "kernel", shape: [64, 32], trainable: true, unitAxis: 1 }],
      },
    ],
  }), // prettier-ignore
  "sevens.jsonl": "",
};

/** Nothing but that no trace is toward the behavior. */
export const KNOWN = ["GOV2013"];

export const MISTAKEN =
  'example {\n  label: int\n}\nband a = layers "a"\ncohort c = label == 1\nroute d -> a: 0.0\n';

export const WHOLE: Range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

/** A client with the policy open, once it has been told what is wrong with it. */
export async function openProject(): Promise<Client> {
  const client = await startClient(FILES);
  await client.open("policy.gov", POLICY);
  await client.pushed("policy.gov");
  return client;
}

/** A text after the edits of an answer. */
export function apply(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split("\n");
  const offsetOf = ({ line, character }: Range["start"]): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + character;
  return edits
    .toSorted((left, right) => offsetOf(right.range.start) - offsetOf(left.range.start))
    .reduce(
      (edited, { range, newText }) =>
        edited.slice(0, offsetOf(range.start)) + newText + edited.slice(offsetOf(range.end)),
      text,
    );
}
