import * as tf from "@tensorflow/tfjs";

/** Runs `work` while tfjs keeps its banners and warnings to itself; ours say what matters. */
export async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const wasProduction = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  try {
    return await work();
  } finally {
    tf.env().set("PROD", wasProduction);
  }
}

/**
 * Runs `work` and takes away what it hung on the process. The wasm backend's loader rethrows uncaught errors, which
 * turns the exit code 1 of any crash into 7 and pre-empts the program's own handlers.
 */
export async function withoutListenersLeft<Result>(work: () => Promise<Result>): Promise<Result> {
  // A browser has no process, and nothing to take away.
  if (typeof process === "undefined") return await work();
  const before = LISTENED.map(listenersOf);
  try {
    return await work();
  } finally {
    for (const [index, event] of LISTENED.entries()) {
      const added = listenersOf(event).filter((listener) => before[index]?.includes(listener) === false);
      for (const listener of added) process.off(event, listener);
    }
  }
}

const LISTENED = ["uncaughtException", "unhandledRejection"] as const;

type Listener = (...values: unknown[]) => void;

function listenersOf(event: (typeof LISTENED)[number]): readonly Listener[] {
  // The process types its listeners by event; here they are only compared and removed.
  return process.listeners(event as "uncaughtException") as Listener[];
}
