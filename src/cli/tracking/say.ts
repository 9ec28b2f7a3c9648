import { isAbsolute } from "node:path";
import { showPath } from "../../project/root.ts";
import type { Delivery } from "../../trackers/tracker.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import type { Terminal } from "../terminal.ts";

/** `TensorBoard  tensorboard/2026-… · tensorboard --logdir tensorboard/2026-…`. */
export function sayDelivery({ name, place, next }: Delivery, { workingDirectory }: Terminal): string {
  const show = (text: string): string =>
    escapeControls(isAbsolute(text) ? showPath(text, workingDirectory) : text);
  const command = next === undefined ? "" : `  →  ${next.map(show).join(" ")}`;
  return `${name}  ${show(place)}${command}\n`;
}
