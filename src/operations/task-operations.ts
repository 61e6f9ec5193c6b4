/**
 * What operators do to single tasks and kept schedules of the own engine. Invariant: each stands in the audit log,
 * also where there was nothing to do it to.
 */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { audited, type Became } from './audited.js';
import { givenName } from './inputs.js';
import type { ServerOperation, Services, TaskActs } from './services.js';

async function actsOf({ taskActs }: Services): Promise<TaskActs> {
  if (taskActs === undefined) throw new SluiceError('unsupported', 'no tasks here');
  return taskActs();
}

const oneTask = z.strictObject({
  id: z.string().min(1).max(255),
  /** The queue that carries it; left out: every queue of tasks is looked through. */
  queue: givenName.optional(),
});
type OneTask = z.infer<typeof oneTask>;

function taskSubject({ id, queue }: OneTask): string {
  return queue === undefined ? `task '${id}'` : `task '${id}' in queue '${queue}'`;
}

const absent: Became = { outcome: 'failure', reason: 'it is not there' };

const cancelling = oneTask.extend({ reason: z.string().max(4_096).optional() });
type Cancelled = Awaited<ReturnType<TaskActs['cancel']>>;

const ofCancel: Readonly<Record<Cancelled, Became>> = {
  cancelled: { outcome: 'success' },
  asked: { outcome: 'success', reason: 'it runs: its worker was told' },
  done: { outcome: 'failure', reason: 'it had ended already' },
  unknown: absent,
};

/** The reason goes to whoever waits for the task, and not into the log: it may tell of what is in it. */
export const taskCancel: ServerOperation<
  z.infer<typeof cancelling>,
  { readonly outcome: Cancelled }
> = audited(
  { event: 'task-cancelled', subject: taskSubject, became: ({ outcome }) => ofCancel[outcome] },
  {
    input: cancelling,
    async run(services, { id, reason, queue }) {
      return { outcome: await (await actsOf(services)).cancel(id, reason, queue) };
    },
  },
);

type Retried = Awaited<ReturnType<TaskActs['retry']>>;

const ofRetry: Readonly<Record<Retried, Became>> = {
  redriven: { outcome: 'success', reason: 'out of the dead letters' },
  released: { outcome: 'success', reason: 'its delay has ended' },
  'not-failed': { outcome: 'failure', reason: 'it has not failed' },
  unknown: absent,
};

export const taskRetry: ServerOperation<OneTask, { readonly outcome: Retried }> = audited(
  { event: 'task-retried', subject: taskSubject, became: ({ outcome }) => ofRetry[outcome] },
  {
    input: oneTask,
    async run(services, { id, queue }) {
      return { outcome: await (await actsOf(services)).retry(id, queue) };
    },
  },
);

const schedule = z.strictObject({ task: z.string().min(1).max(1_024), id: z.string().min(1).max(1_024) });

export const taskUnschedule: ServerOperation<
  z.infer<typeof schedule>,
  { readonly removed: boolean }
> = audited(
  {
    event: 'schedule-removed',
    subject: ({ task, id }) => `schedule '${id}' of task '${task}'`,
    became: ({ removed }) => (removed ? { outcome: 'success' } : absent),
  },
  {
    input: schedule,
    async run(services, { task, id }) {
      return { removed: await (await actsOf(services)).unschedule(task, id) };
    },
  },
);
