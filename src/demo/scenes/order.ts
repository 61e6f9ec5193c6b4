/** The same load in order of arrival and in order of deadline, and what analysis says of rate-monotonic order. */
import { analyze } from '../../scheduling/index.js';
import type { Row, Scene, SceneResult, Stage } from '../scene.js';

/**
 * Reports that may take their time come first; alarms that may not come after them. Together the reports take as long
 * as an alarm may; the alarms by themselves a quarter of that, so that a busy machine shows the same.
 */
const load = { reports: 40, alarms: 10, costMs: 50, reportWithinMs: 20_000, alarmWithinMs: 2_000 } as const;
const drainMsMax = 60_000;

/** A set for one processor: cost, period and deadline in ms. */
const periodic = [
  { name: 'sample', cost: 1, period: 4 },
  { name: 'filter', cost: 2, period: 6 },
  { name: 'report', cost: 3, period: 10 },
];

export const order: Scene = {
  name: 'order',
  title: 'Deadline order against first come, on the same load',
  formula:
    'missed = tasks that end after release + deadline; rate-monotonic: U = Σ cost/period against n(2^(1/n) − 1), then R = cost + Σ ⌈R/period⌉ × cost of the more frequent',
  docs: 'docs/scheduling.md',
  play,
};

async function play({ app, pace, nowMs, tell }: Stage): Promise<SceneResult> {
  const name = `demo-${Math.round(nowMs())}`;
  const rows: Row[] = [];
  const missed = new Map<string, number>();
  for (const by of ['fifo', 'deadline'] as const) {
    const late = await missedBy({ app, pace, nowMs }, `${name}-${by}`, by);
    missed.set(by, late);
    const all = load.reports + load.alarms;
    rows.push({ order: by, tasks: all, missed: late, share: `${Math.round((late / all) * 100)} %` });
    await tell(`${by}: ${late} of ${all} tasks missed their deadline`);
  }
  return {
    rows,
    verdict: `${verdictOf(missed)} ${rateMonotonicVerdict()}`,
    holds: missed.get('deadline') === 0 && missed.get('fifo')! > 0,
  };
}

/** Enqueues everything, then lets one worker work on it; gives how many ended too late. */
async function missedBy(
  { app, pace, nowMs }: Pick<Stage, 'app' | 'pace' | 'nowMs'>,
  queue: string,
  by: 'fifo' | 'deadline',
): Promise<number> {
  await app.queue(queue, { order: by }).declare();
  const ms = (duration: number): number => Math.max(1, Math.round(duration / pace));
  let late = 0;
  const job = app.task<string>(`${queue}-job`, {
    queue,
    run: async (_, { deadline }) => {
      await new Promise((resolve) => setTimeout(resolve, ms(load.costMs)));
      if (deadline !== undefined && nowMs() > deadline.getTime()) late++;
    },
  });
  const reports = Array.from({ length: load.reports }, () => 'report');
  const alarms = Array.from({ length: load.alarms }, () => 'alarm');
  const handles = [
    ...(await job.enqueueAll(reports, { deadline: ms(load.reportWithinMs) })),
    ...(await job.enqueueAll(alarms, { deadline: ms(load.alarmWithinMs) })),
  ];
  const worker = app.worker({ tasks: [job], concurrency: 1 });
  await Promise.all(handles.map((handle) => handle.result({ timeout: drainMsMax })));
  await worker.close();
  return late;
}

function verdictOf(missed: ReadonlyMap<string, number>): string {
  return `First come misses ${missed.get('fifo')}, deadline order ${missed.get('deadline')}: the work is the same, only its order differs.`;
}

function rateMonotonicVerdict(): string {
  const set = periodic.map(({ name, cost, period }) => ({ name, cost, period, deadline: period }));
  const { schedulable, utilisation, bounds, tasks } = analyze(set, { policy: 'rm', isPreemptive: true });
  const [bound] = bounds;
  const worst = tasks
    .map(({ name, responseMax }) => `${name} ${String(responseMax ?? 'unbounded')} ms`)
    .join(', ');
  const first =
    bound === undefined ? '' : `, ${bound.passes ? 'within' : 'over'} the bound ${bound.limit.toFixed(3)}`;
  return `Rate-monotonic, costs 1, 2, 3 ms every 4, 6, 10 ms: U = ${utilisation.toFixed(3)}${first}; worst responses ${worst}: ${schedulable ? 'every deadline is met' : 'a deadline can be missed'}.`;
}
