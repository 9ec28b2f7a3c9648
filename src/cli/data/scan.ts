/** The built-in way to count a manifest: every record is read and judged as a run would. */
import type { Policy } from "../../check/policy.ts";
import { readManifest, type ManifestFile } from "../../project/manifest/read.ts";
import { createTallying, type Tally } from "../../reason/census.ts";
import { describeRefused, type Listener } from "./refused.ts";

/** @throws ManifestError where the file is not what its name says. */
export async function scanManifest(
  file: ManifestFile,
  policy: Policy,
  { most, take }: Listener,
): Promise<readonly Tally[]> {
  const { add, tallies } = createTallying(policy);
  let row = 0;
  let listed = 0;
  for await (const rows of readManifest(file, policy.example, "drop"))
    for (const { record } of rows) {
      const verdict = add(record);
      if (verdict.kind !== "admitted" && listed < most) {
        take(describeRefused(file, row, record, verdict));
        listed += 1;
      }
      row += 1;
    }
  return tallies();
}
