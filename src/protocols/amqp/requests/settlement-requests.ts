/**
 * The requests that end deliveries of their own channel: `commit`, together with records and messages, `retry` and
 * `dead-letter`. Invariant: each is done as a whole or not at all, in a transaction with its commit.
 */
import {
  isFieldTable,
  emptyFieldTable,
  type BrokerChannel,
  type CommitOutcome,
  type FieldTable,
  type RecordDeferred,
} from '../../../broker/index.js';
import { SluiceError } from '../../../kernel/index.js';
import { readCommit, type CommitSend, type CommitSteps } from './commit-body.js';
import { CommitMessages } from './commit-messages.js';
import { conflictOutcome, requireRight } from './record-requests.js';
import type { Operation, Request, RequestOutcome, RequestScope } from './request.js';

export const settlementOperations: Readonly<Record<string, Operation>> = {
  commit: (scope, request, answer) => {
    const steps = readCommit(request.body);
    requireRights(scope, steps);
    const { broker } = scope;
    if (!steps.tags.every((tag) => broker.holds(tag))) {
      answer(lost);
      return undefined;
    }
    requireRooms(broker, steps.sends);
    const messages = new CommitMessages(scope, request.body);
    const outcome = broker.atomically(() => {
      for (const send of steps.sends) messages.publish(send);
      for (const put of steps.puts) broker.records.put(put);
      for (const tag of steps.tags) broker.acknowledge(tag, false);
    });
    return answerCommit(outcome, answer);
  },
  retry: (scope, request, answer) =>
    settle(scope, request, answer, (broker, tag) => {
      broker.retry(tag, { afterMs: request.optionalInteger('after') ?? 0 });
    }),
  'dead-letter': (scope, request, answer) => {
    const queue = request.optionalText('queue');
    if (queue !== undefined) scope.rights.require('write', 'exchange', '');
    const headers = addedHeaders(request);
    return settle(scope, request, answer, (broker, tag) => {
      broker.deadLetter(tag, { headers, ...(queue === undefined ? {} : { queue }) });
    });
  },
};

const lost: RequestOutcome = { status: 'lost', sequence: 0, isConflict: true };

function settle(
  { broker }: RequestScope,
  request: Request,
  answer: (outcome: RequestOutcome) => void,
  how: (broker: BrokerChannel, tag: number) => void,
): 'deferred' | undefined {
  const tag = request.integer('delivery-tag');
  if (!broker.holds(tag)) {
    answer(lost);
    return undefined;
  }
  const outcome = broker.atomically(() => {
    how(broker, tag);
  });
  return answerCommit(outcome, answer);
}

function answerCommit(
  outcome: CommitOutcome | RecordDeferred,
  answer: (outcome: RequestOutcome) => void,
): 'deferred' | undefined {
  switch (outcome.kind) {
    case 'deferred':
      return 'deferred';
    case 'committed':
      answer({ status: 'ok', sequence: outcome.sequence });
      break;
    case 'conflict':
      answer(conflictOutcome(outcome.key, outcome.version));
      break;
  }
  return undefined;
}

/** An acknowledgement needs none, as by AMQP's own method. */
function requireRights(scope: RequestScope, { puts, sends }: CommitSteps): void {
  if (puts.length > 0) requireRight(scope, 'write');
  if (sends.length > 0) scope.rights.require('write', 'exchange', '');
}

/** A message that its queue refused would be missing from what was done. */
function requireRooms(broker: BrokerChannel, sends: readonly CommitSend[]): void {
  const asked = new Map<string, { messages: number; bytes: number }>();
  for (const { exchange, routingKey, bodyStart, bodyEnd } of sends) {
    if (exchange !== '')
      throw new SluiceError('bad-input', 'a commit sends to queues, through the default exchange');
    let room = asked.get(routingKey);
    if (room === undefined) asked.set(routingKey, (room = { messages: 0, bytes: 0 }));
    room.messages++;
    room.bytes += bodyEnd - bodyStart;
  }
  for (const [queue, { messages, bytes }] of asked) broker.requireRoom(queue, messages, bytes);
}

function addedHeaders(request: Request): FieldTable {
  const headers = request.headers.get('headers');
  if (headers === undefined) return emptyFieldTable;
  if (isFieldTable(headers)) return headers;
  throw new SluiceError('bad-input', `the header 'headers' is a table`);
}
