import { afterEach, describe, expect, test } from "vitest";
import { captureOutput } from "../../src/cli/run/console.ts";
import { createLiveDisplay } from "../../src/cli/progress/display.ts";
import { piece } from "../../src/cli/progress/pieces.ts";
import { recordTerminal } from "./recorded-terminal.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
});

/** What is printed while `work` runs, line by line, and what comes with the end. */
function printedBy(work: () => void): {
  readonly during: readonly string[];
  readonly all: readonly string[];
} {
  const printed: string[] = [];
  const restore = captureOutput((text) => void printed.push(text));
  undo.push(restore);
  work();
  const during = [...printed];
  restore();
  return { during, all: printed };
}

describe("while a run is shown, what its experiment prints", () => {
  test("through the console comes as lines", () => {
    expect(printedBy(() => console.log("loss %d", 3)).during).toEqual(["loss 3"]);
  });

  test("straight to a stream comes when its line is whole", () => {
    const { during, all } = printedBy(() => {
      process.stdout.write("half ");
      process.stdout.write("and half\nmore");
      process.stderr.write(new TextEncoder().encode("trouble\n"));
    });
    expect(during).toEqual(["half and half", "trouble"]);
    expect(all).toEqual(["half and half", "trouble", "more"]);
  });

  test("over itself comes as it stood at last", () => {
    expect(printedBy(() => process.stdout.write("1 of 3\r2 of 3\r3 of 3\r\n")).during).toEqual(["3 of 3"]);
  });

  test("is answered as a stream answers", async () => {
    const restore = captureOutput(() => undefined);
    undo.push(restore);
    await new Promise<void>((resolve) => {
      expect(process.stdout.write("a\n", "utf8", () => resolve())).toBe(true);
    });
    await new Promise<void>((resolve) => {
      expect(process.stdout.write("b\n", () => resolve())).toBe(true);
    });
  });

  test("stands above the block, which is drawn again beneath it", () => {
    const { terminal, out } = recordTerminal("/", { isInteractive: true });
    const display = createLiveDisplay(terminal, () => 0);
    display.show({
      ...{ epochs: 1, stepsPerEpoch: 4, epoch: 0, epochSteps: 1, steps: 1, moment: 0 },
      ...{ pace: undefined, loss: 1, bounds: [], twin: undefined },
    });
    const restore = captureOutput(display.print);
    undo.push(restore);
    process.stdout.write("from the experiment\n");
    restore();
    display.say([piece("said")]);
    // Wiped, the line, then both rows of the block.
    expect(out()).toMatch(/\u001b\[2A\r\u001b\[Jfrom the experiment\nepoch 1\/1.*\nstep 1\/4.*\n/);
  });
});

test("afterwards the streams are what they were", () => {
  const before = [process.stdout.write, process.stderr.write, console.log];
  captureOutput(() => undefined)();
  expect([process.stdout.write, process.stderr.write, console.log]).toEqual(before);
});
