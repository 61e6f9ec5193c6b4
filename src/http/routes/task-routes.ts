/**
 * `/v1/tasks`: what `sluice task` does. Tasks are messages in queues of the virtual host `/`, and whoever may consume
 * from a queue may see, cancel and send back its tasks; enqueueing needs what publishing to the queue needs.
 */
import { z } from 'zod';
import { assert, SluiceError } from '../../kernel/index.js';
import { deadLetterQueueOf, type MessageReport } from '../../engines/index.js';
import { queueSubject, recorded, type RedriveJob } from '../../operations/index.js';
import type { DeadTask, TaskApp } from '../../tasks/index.js';
import { runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'tasks';
const vhost = '/';
const named = '/v1/tasks/{queue}';
const one = `${named}/tasks/{id}`;
const queue = z.string().min(1).max(255).describe('the name of a task, or of a queue of tasks');
const id = z.string().min(1).max(255);
const inQueue = z.strictObject({ queue });
const oneTask = inQueue.extend({ id });
const states = ['running', 'waiting', 'held', 'delayed'] as const;
const duration = z.union([z.string().max(32), z.number().min(0)]);
const payloadBytesMax = 1_048_576;

function managesTasks(caller: Caller): void {
  caller.requireView(vhost);
}

/** The queue that a name stands for. Which right is needed depends on it, so the name is looked up first. */
async function queueOf(call: Call, name: string, right: 'read' | 'write'): Promise<[TaskApp, string]> {
  const app = await call.tasks();
  const found = await app.tasks.queueOf(name);
  if (right === 'read') call.caller.require('read', 'queue', vhost, found ?? name);
  else {
    call.caller.require('write', 'exchange', vhost, '');
    call.caller.requireTopic('write', vhost, '', found ?? name);
  }
  if (found === undefined)
    throw new SluiceError('not-found', `there is no task '${name}': nobody declared it`);
  return [app, found];
}

const json = (body: Buffer | undefined): unknown => {
  if (body === undefined) return undefined;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const deadRow = ({ body, ...facts }: DeadTask): unknown => ({ ...facts, payload: json(body) });

const listRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/v1/tasks', summary: 'List queues of tasks with their counts', tag },
    input: z.strictObject({}),
    allow: managesTasks,
    async run({ caller, tasks }) {
      const queues = await (await tasks()).tasks.queues();
      return { items: queues.filter((each) => caller.mayRead(vhost, each.queue)) };
    },
  }),
  route({
    ...{
      method: 'GET',
      path: '/v1/workers',
      summary: 'Tell what workers do now, and what is due soonest',
      tag,
    },
    input: z.strictObject({}),
    allow: managesTasks,
    async run({ caller, tasks }) {
      const directory = (await tasks()).tasks;
      const work = await directory.workNow((queue) => caller.mayRead(vhost, queue));
      const roster = await directory.workers();
      return { ...work, roster: roster.filter(({ queue }) => caller.mayRead(vhost, queue)) };
    },
  }),
  route({
    ...{ method: 'GET', path: `${named}/tasks`, summary: 'List the tasks of a name, by state', tag },
    input: inQueue.extend({
      state: z.enum(states).default('waiting'),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    allow: managesTasks,
    async run(call, { queue: name, state, limit }) {
      const [app, found] = await queueOf(call, name, 'read');
      return { items: await app.tasks.list(found, state, limit) };
    },
  }),
  route({
    ...{ method: 'GET', path: `${named}/dead`, summary: 'List the tasks of a name that were given up', tag },
    input: inQueue.extend({ limit: z.int().min(1).max(1_000).default(100) }),
    allow: managesTasks,
    async run(call, { queue: name, limit }) {
      const [app, found] = await queueOf(call, name, 'read');
      return { items: (await app.deadLetters(found).list(limit)).map(deadRow) };
    },
  }),
];

/** A task that is not over, as it was enqueued. */
function messageFacts(app: TaskApp, report: MessageReport): object {
  const { task: name, enqueuedAt, deadline, key, tenant } = app.tasks.describe(report);
  const { priority } = report.properties;
  return { name, enqueuedAt, deadline, key, tenant, priority, payload: json(report.body) };
}

const oneRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: one, summary: 'Show everything about a task', tag, texts: ['text'] },
    input: oneTask,
    allow: managesTasks,
    async run(call, { queue: name, id: taskId }) {
      const [app, carrier] = await queueOf(call, name, 'read');
      const found = await app.tasks.find(taskId, carrier);
      const dead = found.kind === 'there' ? undefined : await app.tasks.findDead(taskId, carrier);
      if (found.kind === 'unknown' && dead === undefined) throw unknownTask(taskId);
      return {
        id: taskId,
        queue: carrier,
        ...(found.kind === 'unknown' ? { kind: 'dead' } : await app.tasks.why(taskId, carrier)),
        ...(found.kind === 'there' ? messageFacts(app, found.report) : {}),
        ...(dead === undefined ? {} : { dead: deadRow(dead) }),
        failedAttempts: await app.tasks.failedAttempts(taskId),
        progress: await app.tasks.progress(taskId),
      };
    },
  }),
  route({
    ...{ method: 'GET', path: `${one}/why`, summary: 'Say what a task waits for', tag, texts: ['text'] },
    input: oneTask,
    allow: managesTasks,
    async run(call, { queue: name, id: taskId }) {
      const [app, carrier] = await queueOf(call, name, 'read');
      return app.tasks.why(taskId, carrier);
    },
  }),
  route({
    ...{ method: 'POST', path: `${one}/cancel`, summary: 'Stop a task', tag },
    input: oneTask.extend({ reason: z.string().max(1_000).optional() }),
    allow: managesTasks,
    async run(call, { queue: name, id: taskId, reason }) {
      const [, carrier] = await queueOf(call, name, 'read');
      return runOperation(call, 'task.cancel', { id: taskId, reason, queue: carrier });
    },
  }),
  route({
    ...{
      method: 'POST',
      path: `${one}/retry`,
      summary: 'Send a dead task back, or end the delay of one',
      tag,
    },
    input: oneTask,
    allow: managesTasks,
    async run(call, { queue: name, id: taskId }) {
      const [, carrier] = await queueOf(call, name, 'read');
      return runOperation(call, 'task.retry', { id: taskId, queue: carrier });
    },
  }),
];

const enqueued = z.strictObject({
  queue: queue.describe('the queue that carries the task; its own unless others share it'),
  task: z.string().min(1).max(255).optional().describe('the name of the task, where that is not the queue'),
  payload: z.unknown().optional(),
  priority: z.union([z.enum(['low', 'normal', 'high']), z.int().min(0).max(255)]).optional(),
  delay: duration.optional(),
  deadline: duration.optional(),
  expires: duration.optional(),
  key: z.string().max(255).optional(),
  tenant: z.string().max(255).optional(),
});
type Enqueued = z.infer<typeof enqueued>;

async function enqueue(call: Call, { queue: name, task = name, payload, ...options }: Enqueued) {
  const [app, carrier] = await queueOf(call, name, 'write');
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const act = { event: 'messages-published', subject: queueSubject({ vhost, queue: carrier }) } as const;
  const { id: taskId } = await recorded(call.services, act, () =>
    app.task<unknown>(task, { queue: carrier }).enqueue(payload, given),
  );
  return { id: taskId, queue: carrier };
}

/** Whoever goes away before the end ends the redrive. */
async function endOf({ services: { redrives }, signal }: Call, redriveId: string): Promise<RedriveJob> {
  assert(redrives !== undefined, 'one was begun');
  const cancel = (): void => {
    void redrives.cancel(redriveId);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await redrives.finished(redriveId);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const changeRoutes: readonly Route[] = [
  route({
    ...{ method: 'POST', path: `${named}/tasks`, summary: 'Enqueue a task; answers when it is durable', tag },
    bodyBytesMax: payloadBytesMax,
    input: enqueued,
    allow: managesTasks,
    run: enqueue,
  }),
  route({
    ...{ method: 'POST', path: `${named}/redrive`, summary: 'Send dead tasks back', tag },
    input: inQueue.extend({
      id: id.optional(),
      whereReason: z.string().max(1_000).optional().describe('only those whose reason has this text'),
      perSecond: z.number().positive().max(1_000_000).optional(),
      dryRun: z.boolean().default(false),
    }),
    allow: managesTasks,
    async run(call, { queue: name, id: messageId, whereReason, perSecond, dryRun }) {
      const [app, found] = await queueOf(call, name, 'read');
      const dead = deadLetterQueueOf(found);
      if ((await app.engine.topology.describeQueue(dead)) === undefined)
        return { seen: 0, redriven: 0, dryRun };
      const reason = whereReason === '' ? undefined : whereReason;
      const asked = { vhost, queue: dead, messageId, reason, ratePerSecond: perSecond, duplicateGuard: true };
      if (dryRun) {
        const { seen, sendable } = await runOperation(call, 'redrive.plan', asked);
        return { seen, redriven: sendable, dryRun };
      }
      const { id: redrive } = await runOperation(call, 'redrive.start', asked);
      const { seen = 0, sent, problem } = await endOf(call, redrive);
      return { seen, redriven: sent, dryRun, redrive, ...(problem === undefined ? {} : { problem }) };
    },
  }),
];

function unknownTask(taskId: string): SluiceError {
  return new SluiceError('not-found', `there is no task ${taskId}, and nothing is kept of its end`);
}

export const taskRoutes: readonly Route[] = [...listRoutes, ...oneRoutes, ...changeRoutes];
