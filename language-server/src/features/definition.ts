import type { LocationLink } from "vscode-languageserver/node";
import { define, defineType, type Target } from "../../../src/ide/define.ts";
import { spanRange, uriOf } from "../locations.ts";
import { answer, askedPlace, type Asked, type Feature, type Session } from "../session.ts";

/** Where names are declared, and where their types are said. */
export const definition: Feature = {
  capabilities: { definitionProvider: true, typeDefinitionProvider: true },
  register: (session) => {
    answer(session, "textDocument/definition", (params) => locate(params, session, define));
    answer(session, "textDocument/typeDefinition", (params) => locate(params, session, defineType));
  },
};

function locate(
  params: unknown,
  session: Session,
  find: (draft: Asked["draft"], offset: number) => readonly Target[],
): object {
  const asked = askedPlace(params, session);
  if (asked === undefined) return [];
  const links = find(asked.draft, asked.offset).map((target) => linkTo(target, asked));
  if (session.state.client.locationLinks) return links;
  return links.map(({ targetUri, targetSelectionRange }) => ({
    uri: targetUri,
    range: targetSelectionRange,
  }));
}

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function linkTo({ file, span, from }: Target, asked: Asked): LocationLink {
  const range = span === undefined ? START : spanRange(span, asked.draft);
  return {
    originSelectionRange: spanRange(from, asked.draft),
    targetUri: uriOf(file, asked),
    targetRange: range,
    targetSelectionRange: range,
  };
}
