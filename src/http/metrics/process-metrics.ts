/** The journal, the process and the machine as metrics. Invariant: what cannot be measured here is left out. */
import { readdir, readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';
import type { ServerStatus, Services } from '../../operations/index.js';
import { familyText, summaryText, type MetricFamily, type MetricFormat } from './metric-text.js';

type JournalStats = ReturnType<Services['broker']['journal']['stats']>;

const delayResolutionMs = 20;
const knownAlarms = ['memory', 'disk'];

/** One family with one sample, without labels. */
type Single = readonly [name: string, kind: 'counter' | 'gauge', help: string, value: number | undefined];

function singles(rows: readonly Single[], format: MetricFormat): string {
  return rows
    .map(([name, kind, help, value]) => familyText({ name, kind, help }, [[{}, value]], format))
    .join('');
}

const seconds = (ms: number): number => ms / 1_000;

/** The figures of the journal. */
export function journalText(stats: JournalStats, format: MetricFormat): string {
  const { count, mean, p50, p99, max } = stats.syncMs;
  const sync = summaryText(
    {
      name: 'sluice_journal_sync_seconds',
      kind: 'summary',
      help: 'Time to write and sync one batch, since the start.',
    },
    {
      quantiles:
        count === 0
          ? []
          : [
              [0.5, seconds(p50)],
              [0.99, seconds(p99)],
              [1, seconds(max)],
            ],
      sum: seconds(mean * count),
      count,
    },
    format,
  );
  return sync + singles(journalRows(stats), format);
}

function journalRows(stats: JournalStats): Single[] {
  return [
    ['sluice_journal_records', 'counter', 'Records appended.', stats.appendedRecords],
    ['sluice_journal_bytes', 'counter', 'Bytes appended.', stats.appendedBytes],
    ['sluice_journal_block_loads', 'counter', 'Blocks read back from disk.', stats.blockLoads],
    ['sluice_journal_snapshots', 'gauge', 'Snapshots kept.', stats.snapshots],
    ['sluice_journal_segments', 'gauge', 'Segment files.', stats.segments],
    ['sluice_journal_segment_bytes', 'gauge', 'Bytes of all segments.', stats.segmentBytes],
    ['sluice_journal_live_bytes', 'gauge', 'Bytes of segments that are still needed.', stats.liveBytes],
    ['sluice_journal_unsynced_bytes', 'gauge', 'Bytes appended and not yet on disk.', stats.unsyncedBytes],
  ];
}

/** What the server says of itself. */
export function statusText(status: ServerStatus, connections: number, format: MetricFormat): string {
  const info: MetricFamily = { name: 'sluice_build_info', kind: 'gauge', help: 'The release.' };
  const alarm: MetricFamily = {
    name: 'sluice_alarm',
    kind: 'gauge',
    help: 'Whether publishers are blocked, and by what.',
  };
  return [
    familyText(info, [[{ version: status.version }, 1]], format),
    familyText(
      alarm,
      knownAlarms.map((name) => [{ alarm: name }, status.alarms.includes(name) ? 1 : 0] as const),
      format,
    ),
    singles(
      [
        ['sluice_connections', 'gauge', 'Client connections.', connections],
        [
          'sluice_start_time_seconds',
          'gauge',
          'When it started, in seconds since 1970.',
          seconds(status.sinceMs),
        ],
        [
          'sluice_memory_limit_bytes',
          'gauge',
          'Resident memory that blocks publishers.',
          status.memoryLimitBytes,
        ],
        ['sluice_disk_free_bytes', 'gauge', 'Free bytes where the data is.', status.diskFreeBytes],
        [
          'sluice_disk_free_limit_bytes',
          'gauge',
          'Free bytes below which publishers are blocked.',
          status.diskFreeLimitBytes,
        ],
      ],
      format,
    ),
  ].join('');
}

/** The process; the delay of its event loop is measured from the first scrape on. */
export class ProcessMetrics {
  #delay: IntervalHistogram | undefined;

  async text(format: MetricFormat): Promise<string> {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    const rows: Single[] = [
      ['sluice_process_cpu_seconds', 'counter', 'Processor time, user and system.', (user + system) / 1e6],
      ['sluice_process_resident_memory_bytes', 'gauge', 'Resident memory.', rss],
      ['sluice_process_heap_bytes', 'gauge', 'JavaScript heap in use.', heapUsed],
      ['sluice_process_external_memory_bytes', 'gauge', 'Memory of buffers outside the heap.', external],
      ['sluice_process_open_descriptors', 'gauge', 'Open file descriptors.', await openDescriptors()],
      [
        'sluice_process_descriptors_limit',
        'gauge',
        'File descriptors that may be open.',
        await descriptorsMax(),
      ],
      [
        'sluice_event_loop_busy_seconds',
        'counter',
        'Time in which the event loop did not wait.',
        seconds(performance.eventLoopUtilization().active),
      ],
    ];
    return singles(rows, format) + this.#delayText(format);
  }

  stop(): void {
    this.#delay?.disable();
  }

  #delayText(format: MetricFormat): string {
    if (this.#delay === undefined) {
      this.#delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
      this.#delay.enable();
    }
    const { count } = this.#delay;
    if (count === 0) return '';
    // The histogram holds the times between two ticks: the delay is what was more than asked for.
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - delayResolutionMs / 1e3);
    const quantiles = [0.5, 0.99, 1].map(
      (quantile) => [quantile, late(this.#delay!.percentile(quantile * 100))] as const,
    );
    return summaryText(
      {
        name: 'sluice_event_loop_delay_seconds',
        kind: 'summary',
        help: 'How late timers fired, since the first scrape.',
      },
      { quantiles, sum: late(this.#delay.mean) * count, count },
      format,
    );
  }
}

/** Undefined where the system does not tell. */
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
