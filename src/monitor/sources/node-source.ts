/**
 * The process and the machine as a source. Invariant: what needs the disk or `/proc` is read beside the measurement, at
 * most every five seconds, and is unknown until it was; nothing waits for it.
 */
import type { Clock, ProcessFigures } from '../../kernel/index.js';
import { nodeKind } from '../catalogue.js';
import { SampleFrame, type Sample, type SampleSource } from '../sample.js';
import { writeLatency } from './latency-columns.js';
import { LoopDelay } from './loop-delay.js';

export interface NodeSourceOptions {
  readonly engine: string;
  readonly node: string;
  readonly clock: Clock;
  readonly process: ProcessFigures;
  /** Of the disk on which the data lies. */
  readonly space: () => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /** When it came to be, Unix ms. */
  readonly sinceMs: number;
  /** Bounds at which publishers are blocked; undefined: there are none. */
  readonly limits: () => {
    readonly memoryBytes: number | undefined;
    readonly diskFreeBytes: number | undefined;
  };
}

const slowEveryMs = 5_000;

interface SlowReadings {
  readonly openDescriptors: number | undefined;
  readonly descriptorsMax: number | undefined;
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

const nothingRead: SlowReadings = {
  openDescriptors: undefined,
  descriptorsMax: undefined,
  freeBytes: undefined,
  totalBytes: undefined,
};

export class NodeSource implements SampleSource {
  readonly name = 'node';
  readonly #options: NodeSourceOptions;
  readonly #frame = new SampleFrame(nodeKind);
  readonly #delay: LoopDelay;
  readonly #delayColumn: number;
  #slow = nothingRead;
  #slowMs = -Infinity;
  #reading: Promise<void> | undefined;

  constructor(options: NodeSourceOptions) {
    this.#options = options;
    this.#delay = new LoopDelay(options.clock);
    this.#delayColumn = this.#frame.column('sluice_event_loop_delay_seconds_count');
  }

  /** Begins to watch the event loop. */
  start(): void {
    this.#delay.start();
  }

  /** Safe before `start` and twice. */
  stop(): void {
    this.#delay.stop();
  }

  /** Resolves when what is read beside the measurement is there. */
  async settled(): Promise<void> {
    this.#readSlow();
    await this.#reading;
  }

  *observe(): Generator<Sample, void, undefined> {
    this.#readSlow();
    const { engine, node } = this.#options;
    const { figures } = this.#frame;
    for (const [name, value] of Object.entries(this.#read()))
      figures[this.#frame.column(`sluice_${name}`)] = value ?? NaN;
    const delay = this.#delay.read();
    writeLatency(figures, this.#delayColumn, delay);
    yield { kind: nodeKind.name, labels: [engine, node], figures, histograms: [delay.total] };
  }

  #read(): Readonly<Record<string, number | undefined>> {
    const { process, limits, sinceMs } = this.#options;
    const { residentBytes, heapBytes, externalBytes } = process.memory();
    const { memoryBytes, diskFreeBytes } = limits();
    return {
      process_resident_memory_bytes: residentBytes,
      process_heap_bytes: heapBytes,
      process_external_memory_bytes: externalBytes,
      process_open_descriptors: this.#slow.openDescriptors,
      process_descriptors_limit: this.#slow.descriptorsMax,
      disk_free_bytes: this.#slow.freeBytes,
      disk_total_bytes: this.#slow.totalBytes,
      process_cpu_seconds_total: process.cpuSeconds(),
      process_uptime_seconds: process.uptimeSeconds(),
      event_loop_busy_seconds_total: process.busySeconds(),
      start_time_seconds: sinceMs / 1_000,
      memory_limit_bytes: memoryBytes,
      disk_free_limit_bytes: diskFreeBytes,
    };
  }

  #readSlow(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#reading !== undefined || nowMs - this.#slowMs < slowEveryMs) return;
    this.#slowMs = nowMs;
    this.#reading = this.#slowReadings().finally(() => (this.#reading = undefined));
  }

  async #slowReadings(): Promise<void> {
    const { process, space } = this.#options;
    const [openDescriptors, descriptorsMax, found] = await Promise.all([
      process.openDescriptors(),
      process.descriptorsMax(),
      space().catch(() => undefined),
    ]);
    const { freeBytes, totalBytes } = found ?? nothingRead;
    this.#slow = { openDescriptors, descriptorsMax, freeBytes, totalBytes };
  }
}
