/** What the machine is doing, under the names by which W&B shows it. */
import { freemem, totalmem } from "node:os";
import type { SystemSample } from "../../trackers/system.ts";

/** Each sample tells of the time since the one before. */
export function createSystemSampler(): () => SystemSample {
  let used = process.cpuUsage();
  let moment = performance.now();
  return () => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(used);
    // Microseconds of processor time by milliseconds that went by: above 100 where several cores are at work.
    const cpu = (user + system) / 10 / Math.max(1, now - moment);
    used = process.cpuUsage();
    moment = now;
    const { rss } = process.memoryUsage();
    return {
      cpu,
      memory_percent: 100 * (1 - freemem() / totalmem()),
      "proc.memory.rssMB": rss / 2 ** 20,
      "proc.memory.percent": (100 * rss) / totalmem(),
      "proc.memory.availableMB": freemem() / 2 ** 20,
    };
  };
}
