/**
 * `/v1/tasks`: what `sluice task` does. Tasks are messages in queues of the virtual host `/`, and whoever may consume
 * from a queue may see, cancel and send back its tasks; enqueueing needs what publishing to the queue needs.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { DeadTask, TaskApp } from '../../tasks/index.js';
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

const oneRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: one, summary: 'Show everything about a task', tag },
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
        ...(found.kind === 'there' ? { payload: json(found.report.body) } : {}),
        ...(dead === undefined ? {} : { dead: deadRow(dead) }),
        progress: await app.tasks.progress(taskId),
      };
    },
  }),
  route({
    ...{ method: 'GET', path: `${one}/why`, summary: 'Say what a task waits for', tag },
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
      const [app, carrier] = await queueOf(call, name, 'read');
      return { outcome: await app.tasks.cancel(taskId, reason, carrier) };
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
      const [app, carrier] = await queueOf(call, name, 'read');
      return { outcome: await app.tasks.retry(taskId, carrier) };
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
  const handle = await app.task<unknown>(task, { queue: carrier }).enqueue(payload, given);
  return { id: handle.id, queue: carrier };
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
    async run(call, { queue: name, id: only, whereReason = '', perSecond, dryRun }) {
      const [app, found] = await queueOf(call, name, 'read');
      const report = await app.deadLetters(found).redrive({
        where: ({ taskId, reason }) =>
          (only === undefined || taskId === only) && reason.includes(whereReason),
        dryRun,
        signal: call.signal,
        ...(perSecond === undefined ? {} : { perSecond }),
      });
      return { ...report, dryRun };
    },
  }),
];

function unknownTask(taskId: string): SluiceError {
  return new SluiceError('not-found', `there is no task ${taskId}, and nothing is kept of its end`);
}

export const taskRoutes: readonly Route[] = [...listRoutes, ...oneRoutes, ...changeRoutes];
