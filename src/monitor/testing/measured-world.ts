/** A monitor over a simulated disk, and queues as a test says that they are. */
import { FakeClock, seededRandom, SimulatedDisk } from '../../kernel/index.js';
import { Monitor, QueueSource, type QueueFigures, type SampleSource, type Stretch } from '../index.js';
import { queueKind } from '../catalogue.js';
import { seriesOf } from '../metric.js';

export const startMs = 1_700_000_000_000;
export const startSecond = startMs / 1_000;

const figureNames = [
  ...['ready', 'unacknowledged', 'delayed', 'gated', 'held', 'bytes', 'consumers', 'published', 'delivered'],
  ...['acknowledged', 'redelivered', 'expired', 'deadLettered', 'dropped'],
];

/** A queue of which only `known` is known. */
export function queue(name: string, known: Partial<QueueFigures>): QueueFigures {
  const unknown = Object.fromEntries(figureNames.map((figure) => [figure, undefined]));
  return { ...(unknown as unknown as QueueFigures), vhost: '/', name, ...known };
}

/** Queues that a test changes between measurements. */
export function queueSource(queues: readonly QueueFigures[]): QueueSource {
  return new QueueSource({ engine: 'embedded', each: () => queues });
}

export interface MeasuredWorld {
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
  readonly monitor: Monitor;
  readonly problems: string[];
  /** Measures now, and lets a second pass. */
  readonly tick: () => Promise<void>;
}

/** `keeps` false: without history. */
export async function measuredWorld(
  sources: readonly SampleSource[],
  {
    keeps = true,
    disk = new SimulatedDisk({ random: seededRandom(1) }),
    clock = new FakeClock(startMs),
  } = {},
): Promise<MeasuredWorld> {
  const problems: string[] = [];
  const monitor = await Monitor.open({
    ...{ clock, disk, directory: '/data', sources, history: keeps ? {} : undefined },
    pause: () => Promise.resolve(),
    onProblem: (problem) => problems.push(problem),
  });
  const tick = async (): Promise<void> => {
    await monitor.runOnce();
    clock.advance(1_000);
  };
  return { clock, disk, monitor, problems, tick };
}

/** Ten seconds of a queue's series from the start of the world on, by the second. */
export async function readQueue(monitor: Monitor, name: string, short: string): Promise<Stretch> {
  const { id } = seriesOf(queueKind).find((each) => each.name === `sluice_${short}`)!;
  const [stretch] = await monitor.select({
    ...{ kind: 'queue', labels: ['embedded', '/', name], series: id },
    ...{ fromSecond: startSecond, toSecond: startSecond + 10, stepSeconds: 1 },
  });
  return stretch!;
}
