/** One client's session: what every feature works with, and the door that every request comes in by. */
import {
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type Connection,
  type ServerCapabilities,
} from "vscode-languageserver/node";
import type { SourceText } from "../../src/source/text.ts";
import { readDocument, readPosition, type Json } from "./params.ts";
import { offsetOf } from "./places.ts";
import type { Located, Workspace } from "./workspace.ts";

/** What the client can do, as far as answers depend on it. */
export interface ClientFeatures {
  readonly snippets: boolean;
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly watchesFiles: boolean;
  readonly locationLinks: boolean;
}

export interface Session {
  readonly connection: Connection;
  readonly workspace: Workspace;
  readonly state: SessionState;
}

export interface SessionState {
  stage: "new" | "running" | "shut down";
  client: ClientFeatures;
}

/** Something that the server can do: what it says of it, and what it answers. */
export interface Feature {
  readonly capabilities: ServerCapabilities;
  readonly register: (session: Session) => void;
}

/** Answers a request; what comes before `initialize` or after `shutdown` is refused, as the protocol has it. */
export function answer(
  { connection, state }: Session,
  method: string,
  respond: (params: unknown, token: CancellationToken) => unknown,
): void {
  connection.onRequest(method, (params: unknown, token: CancellationToken): unknown => {
    if (state.stage === "new")
      throw new ResponseError(
        ErrorCodes.ServerNotInitialized,
        "the session has not begun: send `initialize`",
      );
    if (state.stage === "shut down")
      throw new ResponseError(ErrorCodes.InvalidRequest, "the session has been shut down");
    return respond(params, token);
  });
}

/** A policy that a request is about; a document that is not there has nothing to say. */
export interface Asked extends Located {
  readonly source: SourceText;
  readonly params: Json;
}

export function askedDocument(params: unknown, { workspace }: Session): Asked | undefined {
  const { uri, params: object } = readDocument(params);
  const located = workspace.find(uri);
  return located && { ...located, source: located.draft.parsed.source, params: object };
}

/** The same with the offset of `position`. */
export function askedPlace(
  params: unknown,
  session: Session,
): (Asked & { readonly offset: number }) | undefined {
  const asked = askedDocument(params, session);
  const position = readPosition(readDocument(params).params["position"]);
  return asked && { ...asked, offset: offsetOf(asked.source, position) };
}
