import { createAppendFile } from "../evidence/append.ts";
import type { Tracker } from "./tracker.ts";

/** Writes every event, decisions and measurements alike, as one line of JSON to a new file. */
export function createJsonlTracker(path: string): Tracker {
  const file = createAppendFile(path);
  return {
    name: "JSONL",
    record: (event) => file.append(JSON.stringify(event)),
    flush: () => Promise.resolve(file.sync()),
    close: async () => {
      file.close();
      return Promise.resolve({ name: "JSONL", place: path });
    },
  };
}
