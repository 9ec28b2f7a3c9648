/** What the machine is doing, by name; whoever starts the run says how it is found out. */
export type SystemSample = Readonly<Record<string, number>>;

const INTERVAL = 15_000;

/** Takes a sample when fifteen seconds have gone by since the last, as the event's moment says; else nothing. */
export function createSampler(
  sample: (() => SystemSample) | undefined,
): (moment: number) => SystemSample | undefined {
  let last = Number.NEGATIVE_INFINITY;
  return (moment) => {
    if (sample === undefined || moment - last < INTERVAL) return undefined;
    last = moment;
    return sample();
  };
}
