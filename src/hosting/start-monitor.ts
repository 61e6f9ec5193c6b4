/**
 * Measures a broker and the process that it runs in. Invariant: monitoring never keeps a broker from starting; without
 * history it measures when somebody asks.
 */
import { hostname } from 'node:os';
import { messageOf, systemProcess, type Clock, type Disk } from '../kernel/index.js';
import type { Monitor, MonitorOptions, NodeSource, ReportedTask } from '../monitor/index.js';
import type { MeasuredBroker, Services } from '../operations/index.js';
import type { StopStack } from './stop-stack.js';

/** Loaded when something is measured, never by opening a directory. */
type MonitorModule = typeof import('../monitor/index.js');

export interface MonitoredParts extends MeasuredBroker {
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** When it came to be, Unix ms. */
  readonly sinceMs: number;
  /** Bounds at which publishers are blocked; undefined: there are none. */
  readonly limits: () => {
    readonly memoryBytes: number | undefined;
    readonly diskFreeBytes: number | undefined;
  };
  /** Undefined: nothing is measured but when somebody asks. */
  readonly history: MonitorOptions['history'];
  readonly onProblem: (problem: string) => void;
}

/** What services have of it. `figures` is there while figures are kept. */
export type MonitorServices = Pick<Services, 'figures'> & { readonly monitor: Monitor };

/** Opens history, and measures every second from now on until `stack` unwinds. */
export async function startMonitor(parts: MonitoredParts, stack: StopStack): Promise<MonitorServices> {
  const { directory, clock, disk, onProblem } = parts;
  const [module, { brokerSources, ownEngine }] = await Promise.all([
    import('../monitor/index.js'),
    import('../operations/index.js'),
  ]);
  const node = nodeSource(module, parts, ownEngine);
  const reportedTasks = await followTasks(parts, stack);
  const sources = [...brokerSources({ ...parts, reportedTasks }), node];
  const options = { clock, disk, directory, sources, onProblem };
  const monitor = await openMonitor(module, { ...options, history: parts.history });
  stack.push('monitoring', async () => {
    node.stop();
    await monitor.stop();
  });
  node.start();
  monitor.start();
  return { monitor, figures: monitor.keepsHistory ? monitor : undefined };
}

/** Adds up what is reported of tasks from now on, until `stack` unwinds. Undefined: it cannot be had, which is told. */
async function followTasks(
  { directory, broker, clock, onProblem }: MonitoredParts,
  stack: StopStack,
): Promise<(() => Iterable<ReportedTask>) | undefined> {
  const [{ EmbeddedEngine }, { reportPrefix, TaskLedger }] = await Promise.all([
    import('../engines/embedded/index.js'),
    import('../tasks/index.js'),
  ]);
  const ledger = new TaskLedger(clock);
  const following = new AbortController();
  const engine = new EmbeddedEngine(directory, broker, clock, () => Promise.resolve());
  try {
    await engine.records.watch(reportPrefix, ledger.take, following.signal);
  } catch (problem) {
    onProblem(`reports of tasks cannot be followed: ${messageOf(problem)}`);
    return undefined;
  }
  stack.push('reports of tasks', () => {
    following.abort();
  });
  return () => ledger.each();
}

async function openMonitor({ Monitor }: MonitorModule, options: MonitorOptions): Promise<Monitor> {
  try {
    return await Monitor.open(options);
  } catch (problem) {
    options.onProblem(`history cannot be opened: ${messageOf(problem)}`);
    return Monitor.open({ ...options, history: undefined });
  }
}

function nodeSource(
  { NodeSource }: MonitorModule,
  { directory, disk, clock, sinceMs, limits }: MonitoredParts,
  engine: string,
): NodeSource {
  return new NodeSource({
    ...{ engine, node: hostname(), clock, sinceMs, limits },
    process: systemProcess(),
    space: () => disk.space(directory),
  });
}
