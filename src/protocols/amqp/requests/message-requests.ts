/**
 * The requests about single messages and about queues: `messages.…` and `queues.…`. Whoever may read a queue may
 * see and remove its messages, as consuming and purging do.
 */
import {
  decodeProperties,
  toPlain,
  type MessageReport,
  type PlainValue,
  type ListedState,
} from '../../../broker/index.js';
import { messageOf, SluiceError } from '../../../kernel/index.js';
import { putOf, refusal, requireRight } from './record-requests.js';
import type { Operation, Request, RequestOutcome, RequestScope } from './request.js';

/** Messages of one list. */
const listedMax = 1_000;
const states: readonly unknown[] = ['ready', 'running', 'delayed', 'gated', 'held'] satisfies ListedState[];

export const messageOperations: Readonly<Record<string, Operation>> = {
  'messages.find': later(async (scope, request) => {
    const queue = request.optionalText('queue');
    if (queue !== undefined) requireRead(scope, queue);
    const mayRead = (name: string): boolean => scope.rights.holds('read', 'queue', name);
    const messageId = request.text('message-id');
    const report = await scope.broker.messages.find({ messageId, queue, mayRead });
    return report === undefined ? { status: 'absent', sequence: 0 } : jsonOutcome(plainReport(report));
  }),
  'messages.remove': later(async (scope, request) => {
    const queue = readableQueue(scope, request);
    const hasRecord = request.optionalText('key') !== undefined;
    if (hasRecord) requireRight(scope, 'write');
    const put = hasRecord ? { ...putOf(request), value: Buffer.from(request.body) } : undefined;
    const { outcome, sequence } = await scope.broker.messages.remove(queue, request.text('message-id'), put);
    const status = outcome === 'removed' ? 'ok' : outcome;
    return { status, sequence, isConflict: outcome === 'active' };
  }),
  'messages.release': later(async (scope, request) => {
    const queue = readableQueue(scope, request);
    const { outcome, sequence } = await scope.broker.messages.release(queue, request.text('message-id'));
    return { status: outcome === 'released' ? 'ok' : outcome, sequence };
  }),
  'messages.list': later(async (scope, request) => {
    const queue = readableQueue(scope, request);
    return jsonOutcome(await scope.broker.messages.list(queue, stateOf(request), countOf(request)));
  }),
  'queues.list': later((scope, request) => {
    const prefix = request.optionalText('prefix') ?? '';
    const reports = scope.broker.messages
      .queues()
      .filter(({ name }) => name.startsWith(prefix) && scope.rights.holds('read', 'queue', name));
    return Promise.resolve(jsonOutcome(reports));
  }),
  'queues.pause': pausing(true),
  'queues.resume': pausing(false),
};

/** An operation that may have to read from disk first; its request is read before it waits. */
function later(serve: (scope: RequestScope, request: Request) => Promise<RequestOutcome>): Operation {
  return (scope, request, answer) => {
    serve(scope, request).then(answer, (thrown: unknown) => {
      answer(
        refusal(thrown instanceof SluiceError ? thrown : new SluiceError('internal', messageOf(thrown))),
      );
    });
    return undefined;
  };
}

/** A pause stops everybody's deliveries: whoever may change the queue may make it. */
function pausing(paused: boolean): Operation {
  return (scope, request, answer) => {
    const queue = request.text('queue');
    scope.rights.require('configure', 'queue', queue);
    const { changed, sequence } = scope.broker.messages.setPaused(queue, paused);
    answer({ status: changed ? 'ok' : 'unchanged', sequence });
    return undefined;
  };
}

function readableQueue(scope: RequestScope, request: Request): string {
  const queue = request.text('queue');
  requireRead(scope, queue);
  return queue;
}

function requireRead(scope: RequestScope, queue: string): void {
  scope.rights.require('read', 'queue', queue);
}

function stateOf(request: Request): ListedState {
  const state = request.text('state');
  if (states.includes(state)) return state as ListedState;
  throw new SluiceError('bad-input', `the header 'state' is one of ${states.join(', ')}`);
}

function countOf(request: Request): number {
  const count = request.optionalInteger('count') ?? 100;
  if (count >= 1 && count <= listedMax) return count;
  throw new SluiceError('bad-input', `the header 'count' is a number from 1 to ${listedMax}`);
}

function jsonOutcome(value: unknown): RequestOutcome {
  return { status: 'ok', headers: {}, body: Buffer.from(JSON.stringify(value)), sequence: 0 };
}

function plainReport(report: MessageReport): unknown {
  const { headers, timestamp, ...rest } = decodeProperties(report.properties);
  const properties: Record<string, PlainValue | undefined> = {
    ...rest,
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
    headers: headers === undefined ? undefined : toPlain(headers),
  };
  return { ...report, properties, body: report.body?.toString('base64') };
}
