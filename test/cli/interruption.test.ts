import { afterEach, expect, test, vi } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { watchInterruption, type Interruption } from "../../src/cli/run/interruption.ts";

const watched: Interruption[] = [];
afterEach(() => {
  for (const { release } of watched.splice(0)) release();
  vi.restoreAllMocks();
});

function watch(): { readonly interruption: Interruption; readonly causes: readonly string[] } {
  const causes: string[] = [];
  const interruption = watchInterruption((cause) => void causes.push(cause));
  watched.push(interruption);
  return { interruption, causes };
}

test.each(["SIGINT", "SIGTERM"] as const)("%s once asks for the end, twice leaves at once", (signal) => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const { interruption, causes } = watch();
  process.emit(signal);
  expect(interruption.signal.aborted).toBe(true);
  expect(exit).not.toHaveBeenCalled();
  process.emit(signal);
  expect(exit).toHaveBeenCalledWith(EXIT.interrupted);
  expect(causes).toEqual(["signal"]);
});

test("a reader that goes away asks for the end, however often it is found gone", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const { interruption, causes } = watch();
  const gone = Object.assign(new Error("EPIPE"), { code: "EPIPE" });
  process.stdout.emit("error", gone);
  process.stdout.emit("error", gone);
  expect(interruption.signal.aborted).toBe(true);
  expect(causes).toEqual(["reader gone"]);
  expect(exit).not.toHaveBeenCalled();
});

test("once released, nothing is listened to", () => {
  const before = [process.listenerCount("SIGINT"), process.stdout.listenerCount("error")];
  watch().interruption.release();
  expect([process.listenerCount("SIGINT"), process.stdout.listenerCount("error")]).toEqual(before);
});
