/**
 * The exam every queue order passes: a queue made of ranks, a heap and a gate delivers as a list that is sorted
 * anew before each delivery, through requeues, removals and deaths.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyGate } from './key-gate.js';
import { orderNames, orderOf, rankOf, type Order, type Rankable } from './order.js';
import { RankHeap } from './rank-heap.js';

interface Message extends Rankable {
  readonly position: number;
  readonly key: number | undefined;
}

/** A queue as the broker composes it. */
class OrderedQueue {
  readonly #order: Order;
  readonly #ready = new Map<number, Message>();
  readonly #gated = new Map<number, Message>();
  readonly #heap = new RankHeap((position) => this.#ready.has(position));
  readonly #gate = new KeyGate();

  constructor(order: Order) {
    this.#order = order;
  }

  add(message: Message): void {
    if (message.key !== undefined && !this.#gate.enqueue(message.key, 0, message.position)) {
      this.#gated.set(message.position, message);
    } else {
      this.requeue(message);
    }
  }

  requeue(message: Message): void {
    this.#ready.set(message.position, message);
    this.#heap.push(rankOf(this.#order, message), message.position);
  }

  deliver(): number {
    const position = this.#heap.pop();
    this.#ready.delete(position);
    return position;
  }

  remove(position: number): void {
    if (this.#ready.delete(position)) this.#heap.noteDead();
    this.#gated.delete(position);
    const next = this.#gate.has(position) ? this.#gate.remove(position) : -1;
    if (next < 0) return;
    const eligible = this.#gated.get(next)!;
    this.#gated.delete(next);
    this.requeue(eligible);
  }
}

/** The same queue, obviously. */
class SortedQueue {
  readonly #goesBefore: (left: Message, right: Message) => boolean;
  /** All messages, oldest first. */
  messages: Message[] = [];
  readonly delivered = new Set<number>();

  constructor(goesBefore: (left: Message, right: Message) => boolean) {
    this.#goesBefore = goesBefore;
  }

  deliver(): number {
    const keysSeen = new Set<number>();
    let best: Message | undefined;
    for (const message of this.messages) {
      const isBlocked = message.key !== undefined && keysSeen.has(message.key);
      if (message.key !== undefined) keysSeen.add(message.key);
      if (isBlocked || this.delivered.has(message.position)) continue;
      if (best === undefined || this.#goesBefore(message, best)) best = message;
    }
    if (best === undefined) return -1;
    this.delivered.add(best.position);
    return best.position;
  }

  remove(position: number): void {
    this.messages = this.messages.filter((message) => message.position !== position);
    this.delivered.delete(position);
  }
}

const step = fc.record({
  kind: fc.constantFrom('add', 'add', 'deliver', 'deliver', 'requeue', 'acknowledge', 'cancel'),
  pick: fc.nat(),
  message: fc.record({
    priority: fc.option(fc.nat(12), { nil: undefined }),
    deadlineMs: fc.option(fc.nat(50), { nil: undefined }),
    periodMs: fc.option(fc.nat(5), { nil: undefined }),
    costMs: fc.option(fc.nat(20), { nil: undefined }),
    key: fc.option(fc.nat(3), { nil: undefined }),
    gapMs: fc.nat(3),
  }),
});

/** Runs the exam. `goesBefore` states the order in words of its own; it is asked only of an older `right`. */
function exerciseOrdering(order: Order, goesBefore: (left: Rankable, right: Rankable) => boolean): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new OrderedQueue(order);
      const model = new SortedQueue(goesBefore);
      let arrivalMs = 0;
      for (const [position, { kind, pick, message: drawn }] of steps.entries()) {
        const delivered = [...model.delivered];
        if (kind === 'add') {
          arrivalMs += drawn.gapMs;
          const message = { ...drawn, arrivalMs, position };
          queue.add(message);
          model.messages.push(message);
        } else if (kind === 'deliver') {
          expect(queue.deliver()).toBe(model.deliver());
        } else if (kind === 'requeue' && delivered.length > 0) {
          const again = delivered[pick % delivered.length]!;
          model.delivered.delete(again);
          queue.requeue(model.messages.find((message) => message.position === again)!);
        } else if (kind === 'acknowledge' && delivered.length > 0) {
          const done = delivered[pick % delivered.length]!;
          queue.remove(done);
          model.remove(done);
        } else if (kind === 'cancel' && model.messages.length > 0) {
          const victim = model.messages[pick % model.messages.length]!.position;
          queue.remove(victim);
          model.remove(victim);
        }
      }
      for (let left = model.messages.length; left >= 0; left--) expect(queue.deliver()).toBe(model.deliver());
    }),
    { numRuns: 150 },
  );
}

const agingMs = 2;
const byDeadline = (left: Rankable, right: Rankable): boolean =>
  (left.deadlineMs ?? Infinity) < (right.deadlineMs ?? Infinity);

const statements: Readonly<Record<Order['kind'], (left: Rankable, right: Rankable) => boolean>> = {
  fifo: () => false,
  // The older goes first unless the newer has the higher priority by more levels than the older has aged.
  priority: (left, right) =>
    ((left.priority ?? 0) - (right.priority ?? 0)) * agingMs > left.arrivalMs - right.arrivalMs,
  'strict-priority': (left, right) => Math.min(left.priority ?? 0, 10) > Math.min(right.priority ?? 0, 10),
  deadline: byDeadline,
  'rate-monotonic': (left, right) => (left.periodMs ?? Infinity) < (right.periodMs ?? Infinity),
  laxity: (left, right) =>
    left.deadlineMs === undefined || right.deadlineMs === undefined
      ? byDeadline(left, right)
      : left.deadlineMs - (left.costMs ?? 0) < right.deadlineMs - (right.costMs ?? 0),
};

describe('an ordered queue', () => {
  it.each(orderNames)('delivers by %s, one of each key at a time', (name) => {
    exerciseOrdering(orderOf(name, { agingMs }), statements[name]);
  });

  it('delivers by strict-priority, one of each key at a time', () => {
    exerciseOrdering({ kind: 'strict-priority', priorityMax: 10 }, statements['strict-priority']);
  });
});
