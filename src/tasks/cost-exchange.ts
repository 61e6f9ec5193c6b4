/**
 * Shares learned costs between processes: a record for each task, written by who works on it and followed by who
 * enqueues it. Invariant: it is advice; where it cannot be had, everything goes on without it. docs/formats/task.md.
 */
import type { Engine, RecordChange } from '../engines/index.js';
import type { CostEstimate } from '../scheduling/index.js';
import { LearnedCosts } from './costs.js';

const prefix = 'cost/';
/** What nobody works on for a month is forgotten. */
const keptMs = 30 * 86_400_000;

export class CostExchange {
  readonly costs: LearnedCosts;
  readonly #engine: Engine;
  readonly #closed = new AbortController();
  #following: Promise<void> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.costs = new LearnedCosts((task, estimate) => {
      this.#tell(task, estimate);
    });
  }

  /** Resolves when what others have learned is known here, from now on too. */
  follow(): Promise<void> {
    this.#following ??= this.#follow().catch(() => undefined);
    return this.#following;
  }

  /** What is told now, by task, without following it. */
  async told(): Promise<ReadonlyMap<string, CostEstimate>> {
    const told = new Map<string, CostEstimate>();
    if (!this.#hasRecords) return told;
    for (const { key, value } of await this.#engine.records.scan(prefix)) {
      const estimate = estimateIn(value);
      if (estimate !== undefined) told.set(key.slice(prefix.length), estimate);
    }
    return told;
  }

  close(): void {
    this.#closed.abort();
  }

  get #hasRecords(): boolean {
    return this.#engine.capabilities.records.kind !== 'none';
  }

  async #follow(): Promise<void> {
    if (!this.#hasRecords) return;
    const { records } = this.#engine;
    const take = ({ key, entry }: RecordChange): void => {
      this.costs.told(key.slice(prefix.length), entry && estimateIn(entry.value));
    };
    await records.watch(prefix, take, this.#closed.signal);
    for (const entry of await records.scan(prefix)) take({ key: entry.key, entry });
  }

  #tell(task: string, estimate: CostEstimate): void {
    if (!this.#hasRecords || this.#closed.signal.aborted) return;
    const value = Buffer.from(JSON.stringify(estimate));
    this.#engine.records.put(prefix + task, value, { ttlMs: keptMs }).catch(() => undefined);
  }
}

/** Undefined for what no worker has written. */
function estimateIn(value: Buffer): CostEstimate | undefined {
  try {
    const { p50Ms, p95Ms, p99Ms, meanMs, samples } = JSON.parse(value.toString('utf8')) as CostEstimate;
    const all = [p50Ms, p95Ms, p99Ms, meanMs, samples];
    return all.every((figure) => Number.isFinite(figure) && figure >= 0)
      ? { p50Ms, p95Ms, p99Ms, meanMs, samples }
      : undefined;
  } catch {
    return undefined;
  }
}
