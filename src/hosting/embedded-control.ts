/** What a program that owns a data directory says of itself to operators, and what it leaves to its own code. */
import type { Broker } from '../broker/index.js';
import { SluiceError, type Disk } from '../kernel/index.js';
import type { ServerControl, ServerStatus } from '../operations/index.js';

export interface EmbeddedControlOptions {
  readonly directory: string;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly version: string;
  readonly sinceMs: number;
  readonly ports: () => Readonly<Record<string, number>>;
  readonly addresses: () => readonly string[];
}

/** `status` for a program; `stop` and `reload` are refused with 'unsupported'. */
export function embeddedControl(options: EmbeddedControlOptions): ServerControl {
  const { directory, broker, disk, version, sinceMs } = options;
  return {
    async status(): Promise<ServerStatus> {
      const space = await disk.space(directory).catch(() => undefined);
      return {
        version,
        pid: process.pid,
        state: 'ready',
        sinceMs,
        directory,
        configFile: undefined,
        ports: options.ports(),
        addresses: options.addresses(),
        residentBytes: process.memoryUsage.rss(),
        memoryLimitBytes: undefined,
        diskFreeBytes: space?.freeBytes,
        diskFreeLimitBytes: undefined,
        alarms: [...broker.alarms],
      };
    },
    stop() {
      throw ofProgram(
        `the directory belongs to a program (process ${process.pid}): end that program instead`,
      );
    },
    reload: () => Promise.reject(ofProgram('a program that owns a directory has no configuration to reload')),
  };
}

function ofProgram(message: string): SluiceError {
  return new SluiceError('unsupported', message, { details: { pid: process.pid } });
}
