import { MessageType, ShowMessageNotification } from "vscode-languageserver/node";
import { findLenses, runTestAt, sayLens, type Lens } from "../../../src/ide/lenses.ts";
import { textOf } from "../../../src/ide/describe.ts";
import { spanRange } from "../locations.ts";
import { malformed, readCount, readList, readObject, readRange, readText } from "../params.ts";
import { offsetOf } from "../places.ts";
import { answer, askedDocument, type Feature, type Session } from "../session.ts";

const RUN_TEST = "gov.runTest";

/** What became of tests and claims, and who may train a band; tests can be run by a click. */
export const codeLenses: Feature = {
  capabilities: {
    codeLensProvider: { resolveProvider: true },
    executeCommandProvider: { commands: [RUN_TEST] },
  },
  register: (session) => {
    answer(session, "textDocument/codeLens", (params) => {
      const asked = askedDocument(params, session);
      return (asked === undefined ? [] : findLenses(asked.draft)).map(({ span, kind, subject }) => ({
        range: asked && spanRange({ ...span, end: span.start }, asked.draft),
        data: { uri: asked?.uri, kind, subject },
      }));
    });
    answer(session, "codeLens/resolve", (params) => {
      const lens = readObject(params);
      const { uri, kind, subject } = readObject(lens["data"], "data");
      const located = session.workspace.find(readText(uri, "data.uri"));
      const range = readRange(lens["range"]);
      const start = located && offsetOf(located.draft.parsed.source, range.start);
      // The text may have changed since: then the lens is where nothing is.
      const found =
        located &&
        findLenses(located.draft).find(
          (own) => own.span.start === start && own.kind === kind && own.subject === subject,
        );
      if (located === undefined || found === undefined)
        return { ...lens, command: { title: "", command: "" } };
      return { ...lens, command: commandOf(found, sayLens(found, located.draft), readText(uri, "data.uri")) };
    });
    answer(session, "workspace/executeCommand", (params) => execute(params, session));
  },
};

/** Only tests can be clicked; the other lenses say what they know. */
function commandOf({ kind, subject, span }: Lens, title: string, uri: string): object {
  return kind === "test"
    ? { title: `run test: ${title}`, command: RUN_TEST, arguments: [uri, span.start, subject] }
    : { title, command: "" };
}

/** Runs a test and shows what came of it. */
function execute(params: unknown, { connection, workspace }: Session): object | null {
  const { command, arguments: given } = readObject(params);
  if (command !== RUN_TEST) throw malformed("command", `one of ${RUN_TEST}`);
  const tell = (type: MessageType, message: string): void => {
    void connection.sendNotification(ShowMessageNotification.type, { type, message });
  };
  const [uri, offset] = readList(given, "arguments", (value) => value);
  const located = workspace.find(readText(uri, "arguments[0]"));
  const result = located && runTestAt(readCount(offset, "arguments[1]"), located.draft);
  if (located === undefined || result === undefined) {
    tell(MessageType.Warning, "the test cannot be run while the policy has errors");
    return null;
  }
  const failures = result.failures.map(({ expectation }) => textOf(expectation.span, located.draft));
  const { title } = result.test;
  if (failures.length === 0) tell(MessageType.Info, `"${title}" passes`);
  else tell(MessageType.Error, `"${title}" fails: ${failures.join("; ")}`);
  return { title, passes: failures.length === 0, failures };
}
