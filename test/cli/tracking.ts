import type { TrackingRequest } from "../../src/cli/requests.ts";

export const NO_TRACKING: TrackingRequest = {
  ...{ trackers: [], project: undefined, entity: undefined, name: undefined, logdir: undefined },
};
