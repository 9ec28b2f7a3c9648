/** Gov's tests in VS Code's test explorer: found by the language server, and run by it. */
import {
  Location,
  Range,
  TestMessage,
  TestRunProfileKind,
  tests,
  Uri,
  workspace,
  type CancellationToken,
  type Disposable,
  type TestController,
  type TestItem,
  type TestRun,
  type TestRunRequest,
  type TextDocument,
} from "vscode";
import type { LanguageClient, Range as ProtocolRange } from "vscode-languageclient/node";
import { requestAbout } from "./request.ts";

interface ListedTest {
  readonly title: string;
  /** By which the server knows the test, as long as the text is the same. */
  readonly offset: number;
  readonly range: ProtocolRange;
}

interface RanTest extends ListedTest {
  readonly failures: readonly {
    readonly message: string;
    readonly location: { readonly uri: string; readonly range: ProtocolRange };
  }[];
}

const REST_MILLISECONDS = 300;

export function exploreTests(client: LanguageClient): Disposable {
  const controller = tests.createTestController("gov", "Gov");
  const timers = new Map<string, NodeJS.Timeout>();

  controller.resolveHandler = async (item) => {
    if (item !== undefined) return await listTests(item, controller, client);
    for (const uri of await workspace.findFiles("**/*.gov", "**/node_modules/**")) fileItem(uri, controller);
  };
  controller.refreshHandler = async () => {
    const files = await workspace.findFiles("**/*.gov", "**/node_modules/**");
    controller.items.replace([]);
    for (const uri of files) await listTests(fileItem(uri, controller), controller, client);
  };
  controller.createRunProfile(
    "Run",
    TestRunProfileKind.Run,
    (request, token) => runTests(request, token, controller, client),
    true,
  );

  const follow = (document: TextDocument): void => {
    if (document.languageId !== "gov") return;
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(
        () => void listTests(fileItem(document.uri, controller), controller, client),
        REST_MILLISECONDS,
      ),
    );
  };
  workspace.textDocuments.forEach(follow);
  const opened = workspace.onDidOpenTextDocument(follow);
  const changed = workspace.onDidChangeTextDocument(({ document }) => {
    follow(document);
  });
  return {
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      opened.dispose();
      changed.dispose();
      controller.dispose();
    },
  };
}

function fileItem(uri: Uri, controller: TestController): TestItem {
  const known = controller.items.get(uri.toString());
  if (known !== undefined) return known;
  const item = controller.createTestItem(uri.toString(), workspace.asRelativePath(uri), uri);
  item.canResolveChildren = true;
  controller.items.add(item);
  return item;
}

/** Files without tests are not shown. */
async function listTests(file: TestItem, controller: TestController, client: LanguageClient): Promise<void> {
  if (file.uri === undefined) return;
  const { uri } = file;
  const listed = (await requestAbout<readonly ListedTest[]>(client, "gov/tests", uri)) ?? [];
  file.children.replace(
    listed.map(({ title, offset, range }) => {
      const item = controller.createTestItem(`${file.id}#${offset}`, title, uri);
      item.range = rangeOf(range);
      return item;
    }),
  );
  if (listed.length === 0) controller.items.delete(file.id);
}

async function runTests(
  { include, exclude }: TestRunRequest,
  token: CancellationToken,
  controller: TestController,
  client: LanguageClient,
): Promise<void> {
  const run = controller.createTestRun({ include, exclude } as TestRunRequest);
  const wanted = include ?? itemsIn(controller.items);
  const files = new Map<TestItem, Set<TestItem>>();
  for (const item of wanted) {
    const file = item.parent ?? item;
    if (item.parent === undefined) await listTests(item, controller, client);
    const chosen = files.get(file) ?? new Set<TestItem>();
    for (const one of item.parent === undefined ? itemsIn(item.children) : [item])
      if (exclude?.includes(one) !== true) chosen.add(one);
    files.set(file, chosen);
  }
  for (const [file, items] of files) {
    if (token.isCancellationRequested) break;
    await runFile(file, items, run, client);
  }
  run.end();
}

async function runFile(
  file: TestItem,
  items: ReadonlySet<TestItem>,
  run: TestRun,
  client: LanguageClient,
): Promise<void> {
  if (file.uri === undefined) return;
  for (const item of items) run.started(item);
  const results = await requestAbout<readonly RanTest[]>(client, "gov/runTests", file.uri, {
    offsets: [...items].map(offsetOf),
  });
  for (const item of items) {
    const result = results?.find(({ offset }) => offset === offsetOf(item));
    if (result === undefined) {
      const reason =
        results === null
          ? "the policy has errors: its tests cannot be run"
          : "the text has changed: run it again";
      run.errored(item, new TestMessage(reason));
    } else if (result.failures.length === 0) run.passed(item);
    else
      run.failed(
        item,
        result.failures.map(({ message, location }) => {
          const shown = new TestMessage(message);
          shown.location = new Location(Uri.parse(location.uri), rangeOf(location.range));
          return shown;
        }),
      );
  }
}

function offsetOf(item: TestItem): number {
  return Number(item.id.slice(item.id.lastIndexOf("#") + 1));
}

function itemsIn(collection: Iterable<[string, TestItem]>): readonly TestItem[] {
  return Array.from(collection, ([, item]) => item);
}

function rangeOf({ start, end }: ProtocolRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}
