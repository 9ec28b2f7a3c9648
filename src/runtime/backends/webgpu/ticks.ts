/**
 * Dawn in Node settles its promises in ticks, each of which it asks of `setImmediate`; so none settles before the
 * program gives control back, and tfjs, which has no canvas here, could not read a tensor synchronously. Ticks that
 * are caught can be run by whoever has to wait.
 */

type Tick = () => void;

export interface Ticks {
  /** Calls into Dawn; a tick that it asks for is caught, and still comes by itself when nobody runs it. */
  readonly catching: <Result>(call: () => Result) => Result;
  /** Runs ticks until `isDone`. @throws Error when none is left to wait for. */
  readonly runUntil: (isDone: () => boolean) => void;
}

export function createTicks(): Ticks {
  const later = globalThis.setImmediate;
  const waiting = new Set<Tick>();
  let isScheduled = false;
  const schedule = (): void => {
    if (isScheduled || waiting.size === 0) return;
    isScheduled = true;
    later(() => {
      isScheduled = false;
      runWaiting();
      schedule();
    });
  };
  const catchFrom = <Result>(call: () => Result): Result => {
    const own = globalThis.setImmediate;
    globalThis.setImmediate = ((tick: Tick) => void waiting.add(tick)) as unknown as typeof setImmediate;
    try {
      return call();
    } finally {
      globalThis.setImmediate = own;
    }
  };
  const runWaiting = (): void => {
    const ticks = [...waiting];
    waiting.clear();
    for (const tick of ticks) catchFrom(tick);
  };
  return {
    catching: (call) => {
      const result = catchFrom(call);
      schedule();
      return result;
    },
    runUntil: (isDone) => {
      while (!isDone()) {
        if (waiting.size === 0) throw new Error("Dawn asks for no tick any more while a read is under way");
        runWaiting();
      }
      schedule();
    },
  };
}
