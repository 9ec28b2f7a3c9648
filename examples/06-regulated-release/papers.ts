/** Scanned digits with the papers that this example gives them: MNIST's own have none. */
import type { ExampleRecord } from "strata-gov";
import { readDigits, takeDigits, type Digits } from "../mnist.ts";

const TRAINING = { first: 0, count: 6000 } as const;

/** What a digit with all its papers has. */
const COMPLETE = {
  source: "register 12",
  licence: "CC0-1.0",
  consent_given: "2025-03-01",
  retain_until: "2027-12-31",
  tags: [],
} as const;

/** What is other than that in each twentieth digit, in turns; the first twelve are complete. */
const DEVIATIONS: readonly Readonly<Record<string, unknown>>[] = [
  ...Array.from({ length: 12 }, () => ({})),
  { source: "" },
  { consent_given: undefined },
  { consent_given: "2025-03-01", consent_withdrawn: "2026-02-01" },
  { retain_until: "2026-01-31" },
  { licence: "LicenseRef-Proprietary" },
  { licence: "CC-BY-NC-4.0" },
  { tags: ["pii:health"] },
  { tags: ["pii:child", "pii:name"] },
];

export interface ScannedDigits {
  readonly digits: Digits;
  readonly examples: readonly ExampleRecord[];
}

export function scannedDigits(): ScannedDigits {
  const digits = takeDigits(readDigits("training"), TRAINING);
  const examples = Array.from(digits.labels, (_, row) => {
    const papers = { ...COMPLETE, ...DEVIATIONS[row % DEVIATIONS.length] };
    const present = Object.entries(papers).filter(([, value]) => value !== undefined);
    return { id: `scan-${row}`, ...Object.fromEntries(present) };
  });
  return { digits, examples };
}
