/** As much of W&B's server as `wandb sync` talks to, on the loopback; keeps everything that it is sent. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";

export interface ReceivedRun {
  /** Rows of `wandb-history.jsonl`, in order. */
  readonly history: Readonly<Record<string, unknown>>[];
  readonly console: string[];
  readonly stats: Readonly<Record<string, unknown>>[];
  summary: Readonly<Record<string, unknown>>;
  exitCode: number | undefined;
  /** Variables of `UpsertBucket`, in order. */
  readonly runs: Readonly<Record<string, unknown>>[];
  readonly alerts: Readonly<Record<string, unknown>>[];
  readonly artifacts: Readonly<Record<string, unknown>>[];
  readonly used: Readonly<Record<string, unknown>>[];
  /** What was put to each address. */
  readonly uploads: Map<string, Buffer>;
  /** Operations that the stub does not know. */
  readonly unknown: string[];
}

export interface WandbServer {
  readonly address: string;
  readonly received: ReceivedRun;
  readonly close: () => void;
}

export async function startWandbServer(): Promise<WandbServer> {
  const received: ReceivedRun = {
    ...{ history: [], console: [], stats: [], summary: {}, exitCode: undefined, runs: [] },
    ...{ alerts: [], artifacts: [], used: [], uploads: new Map<string, Buffer>(), unknown: [] },
  };
  const server: Server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const address = `http://${request.headers.host ?? ""}`;
      const answer = respond(request.url ?? "", request.method ?? "", body, { address, received });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  if (place === null || typeof place === "string") throw new Error("the server has no port");
  return { address: `http://127.0.0.1:${place.port}`, received, close: () => server.close() };
}

interface Context {
  readonly address: string;
  readonly received: ReceivedRun;
}

type Variables = Readonly<Record<string, unknown>>;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function respond(url: string, method: string, body: Buffer, context: Context): unknown {
  if (url === "/graphql") {
    const { query, variables } = JSON.parse(body.toString("utf8")) as { query: string; variables: Variables };
    const name = /(?:mutation|query)\s+(\w+)/.exec(query)?.[1] ?? "";
    const operation = OPERATIONS[name];
    if (operation === undefined) context.received.unknown.push(name);
    return { data: operation?.(variables, context) ?? {} };
  }
  if (url.endsWith("/file_stream")) {
    readStream(JSON.parse(body.toString("utf8")) as StreamPart, context.received);
    return { exitcode: null, limits: {} };
  }
  if (method === "PUT") context.received.uploads.set(url, body);
  return {};
}

interface StreamPart {
  readonly files?: Readonly<Record<string, { readonly offset: number; readonly content: readonly string[] }>>;
  readonly complete?: boolean;
  readonly exitcode?: number;
}

function readStream({ files, complete, exitcode }: StreamPart, received: ReceivedRun): void {
  const rows = (name: string): Variables[] =>
    (files?.[name]?.content ?? []).map((line) => JSON.parse(line) as Variables);
  received.history.push(...rows("wandb-history.jsonl"));
  received.stats.push(...rows("wandb-events.jsonl"));
  received.summary = rows("wandb-summary.json").at(-1) ?? received.summary;
  received.console.push(...(files?.["output.log"]?.content ?? []));
  if (complete === true) received.exitCode = exitcode;
}

const ENTITY = "team";

const OPERATIONS: Readonly<Record<string, (variables: Variables, context: Context) => unknown>> = {
  UpsertBucket: (variables, { received }) => {
    received.runs.push(variables);
    const project = { id: "UHJvamVjdA==", name: variables["project"], entity: { id: "RQ==", name: ENTITY } };
    const bucket = {
      ...{ id: "UnVu", name: variables["name"], displayName: variables["displayName"], description: "" },
      ...{ config: variables["config"], sweepName: null, project, historyLineCount: 0 },
    };
    return { upsertBucket: { bucket, inserted: true } };
  },
  ServerFeaturesQuery: () => ({ serverInfo: { features: [] } }),
  CreateArtifact: ({ input }, { received }) => {
    const artifact = input as Variables;
    received.artifacts.push(artifact);
    const id = idOf(artifact);
    return {
      createArtifact: { artifact: { id, state: "PENDING", artifactSequence: { latestArtifact: null } } },
    };
  },
  CreateArtifactManifest: ({ artifactID, includeUpload }, { address }) => {
    const place = { uploadUrl: `${address}/manifest/${String(artifactID)}`, uploadHeaders: [] };
    const file = { id: "RmlsZQ==", ...(includeUpload === true ? place : {}) };
    return { createArtifactManifest: { artifactManifest: { id: `manifest-${String(artifactID)}`, file } } };
  },
  UpdateArtifactManifest: ({ artifactManifestID }, { address }) => {
    const artifact = String(artifactManifestID).replace(/^manifest-/, "");
    const file = { id: "RmlsZQ==", uploadUrl: `${address}/manifest/${artifact}`, uploadHeaders: [] };
    return { updateArtifactManifest: { artifactManifest: { id: artifactManifestID, file } } };
  },
  CreateArtifactFiles: ({ input }, { address }) => {
    const { artifactFiles } = input as { artifactFiles: readonly { name: string; artifactID: string }[] };
    const edges = artifactFiles.map(({ name, artifactID }) => ({
      node: {
        ...{ storagePath: name, uploadUrl: `${address}/artifact/${artifactID}/${name}`, uploadHeaders: [] },
        ...{ uploadMultipartUrls: null, artifact: { id: artifactID } },
      },
    }));
    return { createArtifactFiles: { files: { edges } } };
  },
  CommitArtifact: ({ artifactID }) => ({ commitArtifact: { artifact: { id: artifactID, digest: "" } } }),
  UseArtifact: ({ input }, { received }) => {
    received.used.push(input as Variables);
    return { useArtifact: { artifact: { id: (input as Variables)["artifactID"] } } };
  },
  CreateRunFiles: ({ files }, { address }) => {
    const places = (files as readonly string[]).map((name) => ({
      name,
      uploadUrl: `${address}/run/${name}`,
    }));
    return { createRunFiles: { runID: "UnVu", uploadHeaders: [], files: places } };
  },
  NotifyScriptableRunAlert: (variables, { received }) => {
    received.alerts.push(variables);
    return { notifyScriptableRunAlert: { success: true } };
  },
};

/** An id that says which artifact it is. */
/** The name, and for models, which have several versions, the digest. */
export function idOf(artifact: Variables): string {
  const name = String(artifact["artifactCollectionName"]);
  return artifact["artifactTypeName"] === "model" ? `${name}-${String(artifact["digest"])}` : name;
}
