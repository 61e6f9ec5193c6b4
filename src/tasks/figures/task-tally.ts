/**
 * What this process has done with one type of task since it was last told. Invariant: counting allocates nothing once
 * each duration has been seen.
 */
import { LatencyHistogram } from '../../kernel/index.js';
import { countNames, timeNames, type ReportedTimes, type TaskCount, type TaskReport } from './task-report.js';

export class TaskTally {
  readonly counts: Record<TaskCount, number> = {
    ...{ enqueued: 0, attempts: 0, completed: 0, failed: 0, retried: 0, cancelled: 0, missed: 0, late: 0 },
  };
  readonly wait = new LatencyHistogram();
  readonly processing = new LatencyHistogram();
  readonly response = new LatencyHistogram();
  startLaxityMs = Infinity;
  running = 0;
  #toldRunning = 0;

  /** Whether there is anything to tell. */
  get hasNews(): boolean {
    return this.running !== this.#toldRunning || countNames.some((name) => this.counts[name] > 0);
  }

  /** Everything since the last call. */
  take(): TaskReport {
    this.#toldRunning = this.running;
    const times = timeNames.flatMap((name) => (this[name].count === 0 ? [] : [[name, taken(this[name])]]));
    const counts = countNames.flatMap((name) => (this.counts[name] === 0 ? [] : [[name, this.counts[name]]]));
    const { startLaxityMs } = this;
    for (const name of countNames) this.counts[name] = 0;
    this.startLaxityMs = Infinity;
    return {
      ...(Object.fromEntries(counts) as Partial<Record<TaskCount, number>>),
      running: this.running,
      ...(startLaxityMs === Infinity ? {} : { startLaxityMs }),
      ...(times.length === 0 ? {} : { times: Object.fromEntries(times) as TaskReport['times'] }),
    };
  }
}

function taken(histogram: LatencyHistogram): ReportedTimes {
  const { sumMicroseconds, maxMicroseconds } = histogram;
  const reported = { buckets: histogram.buckets(), sumMicroseconds, maxMicroseconds };
  histogram.clear();
  return reported;
}
