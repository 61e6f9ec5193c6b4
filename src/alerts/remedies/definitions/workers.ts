/** Letting workers run more tasks at a time, wherever they are, as far as they say that they may grow. */
import { z } from 'zod';
import type { QueueName, RemedyActions, WorkerSeen } from '../actions.js';
import { defineRemedy, type AnyRemedy } from '../remedy.js';
import { absent, ofQueue, queueObject } from './queue-terms.js';

const given = z.strictObject({ ...ofQueue, workers: z.number().min(0.01).max(10_000) });

interface Change {
  readonly worker: string;
  readonly from: number;
  readonly to: number;
}

interface WorkersPlan extends QueueName {
  readonly changes: readonly Change[];
}

/** Spreads so many more over the workers: always to the one that runs fewest of those that have room. */
function changesOf(workers: readonly WorkerSeen[], more: number): Change[] {
  const planned = workers.map(({ id, concurrency, max }) => ({
    worker: id,
    from: concurrency,
    to: concurrency,
    max,
  }));
  for (let left = more; left > 0; left--) {
    const [next] = planned.filter(({ to, max }) => to < max).sort((a, b) => a.to - b.to);
    if (next === undefined) break;
    next.to++;
  }
  return planned.filter(({ from, to }) => to > from).map(({ worker, from, to }) => ({ worker, from, to }));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function refusalOf(
  actions: RemedyActions,
  name: QueueName,
  workers: readonly WorkerSeen[],
  more: number,
): string {
  const users = [...new Set(actions.consumers(name).map(({ user }) => user))];
  const where =
    users.length === 0
      ? 'it has none now'
      : `those it has are of ${users.map((user) => `'${user}'`).join(', ')}`;
  if (workers.length === 0)
    return `no worker of '${name.queue}' says how far it may grow (concurrency: { start, max }): start ${more} more consumers where they run (${where})`;
  const running = total(workers.map(({ concurrency }) => concurrency));
  return `the workers of '${name.queue}' run as many tasks as they may (${running}): start more workers, or give them a higher max`;
}

const addWorkers = defineRemedy<z.output<typeof given>, WorkersPlan>({
  name: 'add-workers',
  title: 'Let workers run more tasks at a time',
  parameters: given,
  objectOf: queueObject,
  afterRestart: 'stays',
  preview: async (actions, { vhost, queue, workers: wanted }) => {
    const name = { vhost, queue };
    if (actions.queue(name) === undefined) return absent(name);
    const more = Math.ceil(wanted);
    const workers = await actions.workers(name);
    const changes = changesOf(workers, more);
    if (changes.length === 0) return { refusal: refusalOf(actions, name, workers, more) };
    const added = total(changes.map(({ from, to }) => to - from));
    const now = total(workers.map(({ concurrency }) => concurrency));
    const placeOf = new Map(workers.map(({ id, place }) => [id, place]));
    return {
      parameters: { ...name, workers: more },
      plan: { ...name, changes },
      effects: [
        `${now + added} tasks of '${queue}' run at a time; ${now} now.`,
        ...changes.map(
          ({ worker, from, to }) => `The worker at ${placeOf.get(worker) ?? worker}: ${to}, now ${from}.`,
        ),
        ...(added < more ? [`${more - added} fewer than wanted: no worker may grow further.`] : []),
        'It holds until the worker ends.',
      ],
      unknown: ['Whether what the tasks use bears it: databases, processors, other services.'],
    };
  },
  apply: async ({ actions }, { queue, changes }) => {
    for (const { worker, to } of changes) await actions.setWorker(worker, to);
    return `Asked ${changes.length} workers of '${queue}' to run ${total(changes.map(({ from, to }) => to - from))} more tasks at a time.`;
  },
  undo: async ({ actions }, { queue, changes }) => {
    const isThere = await Promise.all(changes.map(({ worker, from }) => actions.setWorker(worker, from)));
    const gone = isThere.filter((there) => !there).length;
    return `The workers of '${queue}' run as many as before${gone === 0 ? '' : `; ${gone} are gone`}.`;
  },
  stands: async ({ actions }, plan) => {
    const running = new Map((await actions.workers(plan)).map(({ id, concurrency }) => [id, concurrency]));
    // Also where only some were asked: the others are known to be as they were.
    return plan.changes.some(({ worker, from }) => (running.get(worker) ?? from) > from) || undefined;
  },
  check: {
    text: 'The workers run as many tasks at a time as they were asked to.',
    withinSeconds: 60,
    holds: async ({ actions, plan }) => {
      const running = new Map((await actions.workers(plan)).map(({ id, concurrency }) => [id, concurrency]));
      return plan.changes.every(({ worker, to }) => (running.get(worker) ?? 0) >= to);
    },
  },
});

export const workerRemedies: readonly AnyRemedy[] = [addWorkers];
