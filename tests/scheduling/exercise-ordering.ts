/**
 * The exam that everything with an order passes: random adds, deliveries, requeues, removals and moves of the clock,
 * against a list that is searched anew before each delivery.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { orderOf, type Order, type OrderName, type Rankable } from '../../src/scheduling/index.js';

export interface ExamMessage extends Rankable {
  readonly position: number;
  readonly key: number | undefined;
  readonly tenant: number | undefined;
}

/** What is examined. Positions are given in order, from 0. */
export interface OrderingSubject {
  add(message: ExamMessage, nowMs: number): void;
  /** Delivers the next at that time: its position, or -1. */
  deliver(nowMs: number): number;
  /** A delivered message waits again. */
  requeue(position: number, nowMs: number): void;
  /** A message goes for good, from any state. */
  remove(position: number, nowMs: number): void;
}

/** Milliseconds of waiting that one level of priority is worth in the exam. */
const agingMs = 2;
const strictPriorityMax = 10;

type GoesBefore = (left: Rankable, right: Rankable) => boolean;

const byDeadline: GoesBefore = (left, right) =>
  (left.deadlineMs ?? Infinity) < (right.deadlineMs ?? Infinity);

/** Each order in words of its own; asked only of an older `right`. */
const statements: Readonly<Record<Order['kind'], GoesBefore>> = {
  fifo: () => false,
  // The older goes first unless the newer has the higher priority by more levels than the older has aged.
  priority: (left, right) =>
    ((left.priority ?? 0) - (right.priority ?? 0)) * agingMs > left.arrivalMs - right.arrivalMs,
  'strict-priority': (left, right) =>
    Math.min(left.priority ?? 0, strictPriorityMax) > Math.min(right.priority ?? 0, strictPriorityMax),
  deadline: byDeadline,
  'rate-monotonic': (left, right) => (left.periodMs ?? Infinity) < (right.periodMs ?? Infinity),
  laxity: (left, right) =>
    left.deadlineMs === undefined || right.deadlineMs === undefined
      ? byDeadline(left, right)
      : left.deadlineMs - (left.costMs ?? 0) < right.deadlineMs - (right.costMs ?? 0),
};

/** The order of that name as the exam sets it. */
export function examOrder(name: OrderName | 'strict-priority'): Order {
  if (name === 'strict-priority') return { kind: name, priorityMax: strictPriorityMax };
  return orderOf(name, { agingMs });
}

/** A queue, obviously. */
class Model {
  readonly #goesBefore: GoesBefore;
  readonly #sharesTenants: boolean;
  /** All messages, oldest first. */
  messages: ExamMessage[] = [];
  readonly delivered = new Set<number>();

  constructor(goesBefore: GoesBefore, sharesTenants: boolean) {
    this.#goesBefore = goesBefore;
    this.#sharesTenants = sharesTenants;
  }

  /** The positions that may go next: one, or with tenants one of each. */
  candidates(): number[] {
    const keysSeen = new Set<number>();
    const best = new Map<number, ExamMessage>();
    for (const message of this.messages) {
      const isBlocked = message.key !== undefined && keysSeen.has(message.key);
      if (message.key !== undefined) keysSeen.add(message.key);
      if (isBlocked || this.delivered.has(message.position)) continue;
      const line = this.#sharesTenants ? (message.tenant ?? -1) : 0;
      const first = best.get(line);
      if (first === undefined || this.#goesBefore(message, first)) best.set(line, message);
    }
    return [...best.values()].map(({ position }) => position);
  }

  remove(position: number): void {
    this.messages = this.messages.filter((message) => message.position !== position);
    this.delivered.delete(position);
  }
}

const step = fc.record({
  kind: fc.constantFrom('add', 'add', 'deliver', 'deliver', 'requeue', 'acknowledge', 'cancel'),
  pick: fc.nat(),
  gapMs: fc.nat(3),
  message: fc.record({
    priority: fc.option(fc.nat(12), { nil: undefined }),
    deadlineMs: fc.option(fc.nat(50), { nil: undefined }),
    periodMs: fc.option(fc.nat(5), { nil: undefined }),
    costMs: fc.option(fc.nat(20), { nil: undefined }),
    key: fc.option(fc.nat(3), { nil: undefined }),
    tenant: fc.option(fc.nat(3), { nil: undefined }),
  }),
});

/** Runs the exam of one order. `sharesTenants`: any tenant's first may go next, and nobody waits while one can. */
export function exerciseOrdering(
  name: OrderName | 'strict-priority',
  makeSubject: () => OrderingSubject,
  {
    sharesTenants = false,
    numRuns = 120,
  }: { readonly sharesTenants?: boolean; readonly numRuns?: number } = {},
): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const run = new ExamRun(makeSubject(), new Model(statements[name], sharesTenants));
      for (const [position, { kind, pick, gapMs, message }] of steps.entries()) {
        run.nowMs += gapMs;
        if (kind === 'add') run.add({ ...message, arrivalMs: run.nowMs, position: run.added++ });
        else if (kind === 'deliver') run.deliver();
        else run.change(kind, pick + position);
      }
      run.drain();
    }),
    { numRuns },
  );
}

class ExamRun {
  readonly #subject: OrderingSubject;
  readonly #model: Model;
  nowMs = 0;
  added = 0;

  constructor(subject: OrderingSubject, model: Model) {
    this.#subject = subject;
    this.#model = model;
  }

  add(message: ExamMessage): void {
    this.#subject.add(message, this.nowMs);
    this.#model.messages.push(message);
  }

  deliver(): number {
    const candidates = this.#model.candidates();
    const position = this.#subject.deliver(this.nowMs);
    expect(candidates.length === 0 ? [-1] : candidates).toContain(position);
    if (position >= 0) this.#model.delivered.add(position);
    return position;
  }

  change(kind: 'requeue' | 'acknowledge' | 'cancel', pick: number): void {
    const model = this.#model;
    const from = kind === 'cancel' ? model.messages.map(({ position }) => position) : [...model.delivered];
    if (from.length === 0) return;
    const position = from[pick % from.length]!;
    if (kind === 'requeue') {
      model.delivered.delete(position);
      this.#subject.requeue(position, this.nowMs);
      return;
    }
    this.#subject.remove(position, this.nowMs);
    model.remove(position);
  }

  /** Delivers and acknowledges all that is left. */
  drain(): void {
    for (const position of [...this.#model.delivered]) {
      this.#subject.remove(position, this.nowMs);
      this.#model.remove(position);
    }
    for (let position = this.deliver(); position >= 0; position = this.deliver()) {
      this.#subject.remove(position, this.nowMs);
      this.#model.remove(position);
    }
    expect(this.#model.messages).toEqual([]);
  }
}
