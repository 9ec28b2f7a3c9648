/**
 * Ctrl-C: once, and the run ends after the step under way with its record whole; twice, and it ends at once. A reader
 * that goes away (`gov run … | head`) counts as the first of the two.
 */
import { EXIT } from "../exit-codes.ts";

export type InterruptionCause = "signal" | "reader gone";

export interface Interruption {
  readonly signal: AbortSignal;
  /** Signals do again what they do to any program. */
  readonly release: () => void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const STREAMS = ["stdout", "stderr"] as const;

/** Takes the signals over until released. */
export function watchInterruption(onFirst: (cause: InterruptionCause) => void): Interruption {
  const controller = new AbortController();
  const interrupt = (cause: InterruptionCause): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    onFirst(cause);
  };
  const receive = (): void => {
    // The record is cut off where it is, which is what it will say.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    interrupt("signal");
  };
  // The terminal's own listener says what errors mean; that there is another one keeps it from leaving.
  const lose = (): void => interrupt("reader gone");
  for (const signal of SIGNALS) process.on(signal, receive);
  for (const stream of STREAMS) process[stream].on("error", lose);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, receive);
      for (const stream of STREAMS) process[stream].off("error", lose);
    },
  };
}
