import { DiagnosticRefreshRequest } from "vscode-languageserver/node";
import type { Draft } from "../../../src/ide/draft.ts";
import { protocolDiagnostics } from "../diagnostics.ts";
import { readList, readObject, readText } from "../params.ts";
import { answer, askedDocument, type Feature, type Session } from "../session.ts";
import type { Located } from "../workspace.ts";

/** Diagnostics: pulled by clients that know how, pushed to the others after every change. */
export const diagnostics: Feature = {
  capabilities: {
    diagnosticProvider: { identifier: "gov", interFileDependencies: true, workspaceDiagnostics: true },
  },
  register: (session) => {
    const { workspace } = session;
    const identify = createIdentities();
    const report = (located: Located, previous: unknown): object => {
      const resultId = identify(located.draft);
      return previous === resultId
        ? { kind: "unchanged", resultId }
        : { kind: "full", resultId, items: protocolDiagnostics(located) };
    };
    answer(session, "textDocument/diagnostic", (params) => {
      const asked = askedDocument(params, session);
      return asked === undefined
        ? { kind: "full", items: [] }
        : report(asked, asked.params["previousResultId"]);
    });
    answer(session, "workspace/diagnostic", (params) => {
      const known = readList(readObject(params)["previousResultIds"] ?? [], "previousResultIds", (item) => {
        const { uri, value } = readObject(item);
        return [readText(uri, "uri"), value] as const;
      });
      const previous = new Map(known);
      const versions = new Map(workspace.documents().map(({ uri, version }) => [uri, version]));
      return {
        items: workspace.all().map((located) => ({
          ...report(located, previous.get(located.uri)),
          uri: located.uri,
          version: versions.get(located.uri) ?? null,
        })),
      };
    });
    workspace.onMoved(createPusher(session));
  },
};

/** A name for each state of a policy: the same draft has nothing new to say. */
function createIdentities(): (draft: Draft) => string {
  const known = new WeakMap<Draft, string>();
  let count = 0;
  return (draft) => {
    const id = known.get(draft) ?? String((count += 1));
    known.set(draft, id);
    return id;
  };
}

/** Changes that come in one go are answered once. */
const REST_MILLISECONDS = 5;

function createPusher({ connection, workspace, state }: Session): () => void {
  const said = new Map<string, Draft>();
  let timer: NodeJS.Timeout | undefined;
  const push = (): void => {
    timer = undefined;
    if (state.stage !== "running") return;
    if (state.client.pullsDiagnostics) {
      if (state.client.refreshesDiagnostics)
        connection.sendRequest(DiagnosticRefreshRequest.type).catch(ignore);
      return;
    }
    const open = workspace.documents();
    for (const uri of [...said.keys()].filter((uri) => !open.some((document) => document.uri === uri))) {
      said.delete(uri);
      connection.sendDiagnostics({ uri, diagnostics: [] }).catch(ignore);
    }
    for (const { uri, version } of open) {
      const located = workspace.find(uri);
      if (located === undefined || said.get(uri) === located.draft) continue;
      said.set(uri, located.draft);
      connection.sendDiagnostics({ uri, version, diagnostics: protocolDiagnostics(located) }).catch(ignore);
    }
  };
  return () => {
    timer ??= setTimeout(push, REST_MILLISECONDS);
  };
}

/** The client has gone: there is nobody to tell. */
function ignore(): void {
  return undefined;
}
