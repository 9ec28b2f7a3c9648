/** MLflow's REST interface (mlflow.org/docs/latest/rest-api.html), as far as a run needs it. */
import { TrackerError } from "../error.ts";

export interface MlflowServer {
  /** `http://127.0.0.1:5000`, without a slash at the end. */
  readonly address: string;
  /** The value of the header `Authorization`, where the server asks for one. */
  readonly authorization: string | undefined;
}

export interface MlflowClient {
  /** @throws TrackerError with what the server said. */
  readonly post: (path: string, body: object) => Promise<unknown>;
  /** Undefined where there is no such thing. */
  readonly get: (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly putArtifact: (path: string, content: Uint8Array) => Promise<void>;
}

export function createMlflowClient({ address, authorization }: MlflowServer): MlflowClient {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const send = (url: string, request: RequestInit): Promise<Response> => sendPatiently(address, url, request);
  return {
    post: async (path, body) => {
      const response = await send(`${address}/api/2.0/mlflow/${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw await refusal(response, path);
      return await response.json();
    },
    get: async (path, query) => {
      const search = new URLSearchParams(query).toString();
      const response = await send(`${address}/api/2.0/mlflow/${path}?${search}`, { headers });
      if (response.status === 404) return undefined;
      if (!response.ok) throw await refusal(response, path);
      return await response.json();
    },
    putArtifact: async (path, content) => {
      const place = path.split("/").map(encodeURIComponent).join("/");
      const url = `${address}/api/2.0/mlflow-artifacts/artifacts/${place}`;
      const response = await send(url, { method: "PUT", headers, body: Buffer.from(content) });
      if (!response.ok) throw await refusal(response, path);
    },
  };
}

const PATIENCE = [500, 2000];
const LONGEST_ANSWER = 60_000;

/** A server that is busy, or that restarts, gets two more chances. */
async function sendPatiently(address: string, url: string, request: RequestInit): Promise<Response> {
  for (const wait of [...PATIENCE, undefined]) {
    const isLast = wait === undefined;
    try {
      const response = await fetch(url, { ...request, signal: AbortSignal.timeout(LONGEST_ANSWER) });
      if (isLast || (response.status !== 429 && response.status < 500)) return response;
    } catch (cause) {
      if (isLast) throw new TrackerError(`nobody answers at ${address}${because(cause)}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new Error("unreachable");
}

function because(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
}

async function refusal(response: Response, task: string): Promise<TrackerError> {
  const text = await response.text();
  return new TrackerError(`MLflow refuses ${task} (${response.status}): ${text.slice(0, 300)}`);
}
