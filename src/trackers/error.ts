/** A tool that a run is copied to would not take it: a fault of its set-up or of the network, never of the run. */
export class TrackerError extends Error {
  override readonly name = "TrackerError";
}
