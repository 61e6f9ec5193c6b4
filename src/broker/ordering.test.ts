/** A queue of the broker passes the exam of every order, with and without tenants. */
import { describe, it } from 'vitest';
import { KeyHasher, noSecret, orderNames, rankOf } from '../scheduling/index.js';
import {
  examOrder,
  exerciseOrdering,
  type ExamMessage,
  type OrderingSubject,
} from '../../tests/scheduling/exercise-ordering.js';
import { newEntry, type NewEntry } from './new-entry.js';
import { emptyFieldTable, fieldTable } from './content/index.js';
import { EntryState } from './page.js';
import { readQueueSettings } from './queue-settings.js';
import { Queue } from './queue.js';
import { RequeueKind } from './record-types.js';

const account = { retain: () => undefined, release: () => undefined };
const names = [...orderNames, 'strict-priority'] as const;
type Name = (typeof names)[number];

function newQueue(name: Name, more: Readonly<Record<string, unknown>>): Queue {
  const given = name === 'strict-priority' ? { 'x-max-priority': 10 } : { 'x-order': name };
  const settings = readQueueSettings(fieldTable({ ...given, ...more }), 'queue');
  return new Queue(
    {
      ...{ id: 1, vhost: '/', name: 'q', durable: true, exclusive: false, autoDelete: false },
      ...{ arguments: emptyFieldTable, isJournaled: true, owner: undefined, settings },
    },
    account,
  );
}

function entryOf(name: Name, queue: Queue, message: ExamMessage): NewEntry {
  const entry = newEntry();
  const hasher = new KeyHasher(noSecret);
  const { position, key, tenant, costMs = 0 } = message;
  if (key !== undefined) {
    hasher.hash(Buffer.from(`k${key}`));
    Object.assign(entry, { isKeyed: true, keyLow: hasher.low, keyHigh: hasher.high });
  }
  if (tenant !== undefined && queue.lines !== undefined) {
    hasher.hash(Buffer.from(`t${tenant}`));
    const costThousandths = costMs * 1_000;
    Object.assign(entry, { isShared: true, tenantLow: hasher.low, tenantHigh: hasher.high, costThousandths });
  }
  const isRanked = name !== 'fifo' && name !== 'strict-priority';
  const rank = isRanked ? rankOf(examOrder(name), message) : 0;
  const priority = Math.min(message.priority ?? 0, 10);
  return Object.assign(entry, { position, segment: 1, isRanked, rank, priority });
}

function subject(name: Name, more: Readonly<Record<string, unknown>> = {}): OrderingSubject {
  const queue = newQueue(name, more);
  return {
    add(message) {
      queue.admit(entryOf(name, queue, message), undefined);
    },
    deliver(nowMs) {
      const position = queue.pace.firstAt(nowMs);
      if (position < 0) return -1;
      queue.pace.serve(position, nowMs);
      queue.take(position, EntryState.unacknowledged);
      return position;
    },
    requeue(position) {
      queue.giveBack(position, RequeueKind.returned);
    },
    remove(position) {
      queue.settle(position);
    },
  };
}

describe('a queue of the broker', () => {
  it.each(names)('delivers by %s, one of each key at a time', (name) => {
    exerciseOrdering(name, () => subject(name));
  });

  it.each(names)('delivers each tenant by %s, and lets nobody wait while one can go', (name) => {
    exerciseOrdering(name, () => subject(name, { 'x-fair': { t1: 3 } }), { sharesTenants: true });
  });
});
