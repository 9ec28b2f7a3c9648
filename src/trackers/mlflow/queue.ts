/** Metrics on their way: sent in batches, one after the other, while the training goes on. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface MetricQueue {
  /** Throws what an earlier batch failed with. */
  readonly add: (metric: Metric) => void;
  /** Resolves once everything has arrived. */
  readonly flush: () => Promise<void>;
}

/** MLflow takes a thousand metrics at once. */
const BATCH = 1000;
/** Of the run's own time, so that curves grow while a slow run goes on. */
const LONGEST_WAIT = 5000;

export function createMetricQueue(send: (metrics: readonly Metric[]) => Promise<unknown>): MetricQueue {
  let waiting: Metric[] = [];
  let sending: Promise<unknown> = Promise.resolve();
  let failure: unknown;
  const dispatch = (): void => {
    const batch = waiting;
    waiting = [];
    sending = sending
      .then(() => (failure === undefined ? send(batch) : undefined))
      .catch((error: unknown) => {
        failure ??= error;
      });
  };
  return {
    add: (metric) => {
      if (failure !== undefined) throw failure;
      const first = waiting[0];
      const isOld = first !== undefined && metric.timestamp - first.timestamp > LONGEST_WAIT;
      if (waiting.length >= BATCH || isOld) dispatch();
      waiting.push(metric);
    },
    flush: async () => {
      if (waiting.length > 0) dispatch();
      await sending;
      if (failure !== undefined) throw failure;
    },
  };
}
