/** What this process takes of the machine, as a port. Invariant: what the system does not tell is undefined. */
import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';

export interface ProcessFigures {
  memory(): { readonly residentBytes: number; readonly heapBytes: number; readonly externalBytes: number };
  /** User and system together, since the start. */
  cpuSeconds(): number;
  uptimeSeconds(): number;
  /** Time in which the event loop did not wait, since the start. */
  busySeconds(): number;
  openDescriptors(): Promise<number | undefined>;
  descriptorsMax(): Promise<number | undefined>;
}

/** The real process. */
export function systemProcess(): ProcessFigures {
  return {
    memory() {
      const { rss, heapUsed, external } = process.memoryUsage();
      return { residentBytes: rss, heapBytes: heapUsed, externalBytes: external };
    },
    cpuSeconds() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    uptimeSeconds: () => process.uptime(),
    busySeconds: () => performance.eventLoopUtilization().active / 1_000,
    openDescriptors,
    descriptorsMax,
  };
}

async function openDescriptors(): Promise<number | undefined> {
  // Reading the directory opens one more.
  return readdir('/proc/self/fd').then(
    (names) => names.length - 1,
    () => undefined,
  );
}

async function descriptorsMax(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const found = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return found === undefined ? undefined : Number(found);
}
