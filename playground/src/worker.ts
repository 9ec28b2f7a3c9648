/** The worker of the playground: everything that thinks, away from the page that is typed into. */
import { createAnswers } from "./answers.ts";
import type { Message, Reply } from "./protocol.ts";

/** Put in by the build: the modules of the standard library. */
declare const LIBRARY: Readonly<Record<string, string>>;

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: { readonly data: Message }) => void) | null;
  postMessage: (reply: Reply) => void;
}

const scope = globalThis as unknown as WorkerScope;
const answers = createAnswers(new Map(Object.entries(LIBRARY)));

scope.onmessage = ({ data }) => {
  void answer(data).then(
    (result) => {
      scope.postMessage({ id: data.id, answer: result });
    },
    (error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      scope.postMessage({ id: data.id, problem });
    },
  );
};

async function answer({ method, params }: Message): Promise<unknown> {
  // Each method with its own parameters, as `Message` has it.
  const respond = answers[method] as (given: unknown) => unknown;
  return await respond(params);
}
