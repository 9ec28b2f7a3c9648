import type { Method, Reply, Requests } from "./protocol.ts";

/** Asks the worker; refused where the worker itself has failed. */
export type Ask = <Name extends Method>(
  method: Name,
  params: Requests[Name]["params"],
) => Promise<Requests[Name]["answer"]>;

/**
 * A worker from its own text, so that the page also works from a file, where a browser starts no worker from another.
 */
export function startWorker(source: string): Ask {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const open = waiting.get(data.id);
    waiting.delete(data.id);
    if (open === undefined) return;
    if ("problem" in data) open.reject(new Error(data.problem));
    // What comes back is what the method answers.
    else open.resolve(data.answer as never);
  };
  return (method, params) =>
    new Promise((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve, reject });
      worker.postMessage({ id: count, method, params });
    });
}
