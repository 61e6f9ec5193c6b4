/** Ages and latencies against a model that keeps a list of every message, over random lives on the simulated clock. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MeasuredQueue } from './face.js';
import { settle, SimulatedBroker, type Client } from '../../../tests/simulation/simulated-broker.js';

interface ModelMessage {
  readonly arrivalMs: number;
  readonly dueMs: number;
  isDelivered: boolean;
  deliveredMs: number;
  tag: number;
}

const queues: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  fifo: {},
  levels: { 'x-max-priority': 5 },
  deadline: { 'x-order': 'deadline' },
  quorum: { 'x-queue-type': 'quorum' },
};

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      isTransient: fc.boolean(),
      delayMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3_000 })),
      priority: fc.nat(5),
      laterMs: fc.nat(5_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('requeue' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

class Life {
  #at: SimulatedBroker;
  #client: Client;
  readonly #queue: string;
  readonly #messages = new Map<string, ModelMessage & { readonly isTransient: boolean }>();
  #published = 0;
  #waits = { count: 0, sumMs: 0 };
  #processed = { count: 0, sumMs: 0 };
  #lived = { count: 0, sumMs: 0 };

  constructor(at: SimulatedBroker, queue: string) {
    this.#at = at;
    this.#queue = queue;
    this.#client = at.client();
    this.#client.declare(queue, queues[queue]);
  }

  get #nowMs(): number {
    return this.#at.clock.now();
  }

  async run(step: Action): Promise<void> {
    switch (step.kind) {
      case 'publish':
        this.#publish(step);
        return;
      case 'pass':
        this.#at.clock.advance(step.ms);
        await settle(1);
        return;
      case 'get':
        await this.#get();
        return;
      case 'acknowledge':
        this.#settleOne(step.pick, true);
        return;
      case 'requeue':
        this.#settleOne(step.pick, false);
        return;
      case 'restart':
        await this.#restart();
    }
  }

  #publish(step: Extract<Action, { kind: 'publish' }>): void {
    const body = String(this.#published++);
    const { isTransient, delayMs, priority, laterMs } = step;
    this.#client.publish({
      routingKey: this.#queue,
      body,
      properties: { deliveryMode: isTransient ? 1 : 2, priority },
      headers: { 'x-deadline': this.#nowMs + laterMs, ...(delayMs === 0 ? {} : { 'x-delay': delayMs }) },
    });
    this.#messages.set(body, {
      arrivalMs: this.#nowMs,
      dueMs: delayMs === 0 ? 0 : this.#nowMs + delayMs,
      isTransient: isTransient && this.#queue !== 'quorum',
      isDelivered: false,
      deliveredMs: 0,
      tag: 0,
    });
  }

  async #get(): Promise<void> {
    const found = await new Promise<{ tag: number; body: string } | undefined>((resolve) => {
      this.#client.channel.get(this.#queue, false, (reply) => {
        if (reply.kind !== 'message') {
          resolve(undefined);
          return;
        }
        const { bodyBuffer, bodyStart, bodyEnd } = reply.message;
        resolve({ tag: reply.deliveryTag, body: bodyBuffer.toString('utf8', bodyStart, bodyEnd) });
      });
    });
    if (found === undefined) return;
    const message = this.#messages.get(found.body)!;
    if (!message.isDelivered) {
      this.#waits.count++;
      this.#waits.sumMs += this.#nowMs - sinceOf(message);
    }
    message.isDelivered = true;
    message.deliveredMs = this.#nowMs;
    message.tag = found.tag;
  }

  #settleOne(pick: number, isDone: boolean): void {
    const held = [...this.#messages].filter(([, { tag }]) => tag > 0);
    const chosen = held[pick % Math.max(1, held.length)];
    if (chosen === undefined) return;
    const [body, message] = chosen;
    if (isDone) {
      this.#client.channel.acknowledge(message.tag, false);
      this.#processed.count++;
      this.#processed.sumMs += this.#nowMs - message.deliveredMs;
      this.#lived.count++;
      this.#lived.sumMs += this.#nowMs - sinceOf(message);
      this.#messages.delete(body);
    } else {
      this.#client.channel.reject(message.tag, false, true);
      message.tag = 0;
    }
  }

  async #restart(): Promise<void> {
    this.#at = await this.#at.restart();
    this.#client = this.#at.client();
    for (const [body, message] of this.#messages) {
      if (message.isTransient) this.#messages.delete(body);
      message.tag = 0;
    }
    this.#told.clear();
    this.#waits = { count: 0, sumMs: 0 };
    this.#processed = { count: 0, sumMs: 0 };
    this.#lived = { count: 0, sumMs: 0 };
    // What was due already is ready once the timers have run; files open at the first question.
    this.#at.clock.advance(0);
    await settle();
    this.#measured();
    await settle();
  }

  #measured(): MeasuredQueue {
    return this.#at.broker.administration.measures.ofQueue('/', this.#queue);
  }

  /** What was told under each revision. */
  readonly #told = new Map<number, string>();

  check(): void {
    const measured = this.#measured();
    this.#checkRevision(measured);
    const { oldestAgeMs, wait, processing, endToEnd } = measured;
    const pending = [...this.#messages.values()].filter(({ dueMs }) => dueMs <= this.#nowMs);
    const oldestMs = Math.min(this.#nowMs, ...pending.map(sinceOf));
    expect(oldestAgeMs).toBe(this.#nowMs - oldestMs);
    for (const [told, modelled] of [
      [wait, this.#waits],
      [processing, this.#processed],
      [endToEnd, this.#lived],
    ] as const) {
      expect(told?.count ?? 0).toBe(modelled.count);
      // A wait of nothing counts as 1 µs.
      expect(Math.abs((told?.sumMicroseconds ?? 0) / 1_000 - modelled.sumMs)).toBeLessThan(1);
    }
  }

  #checkRevision({ revision, wait, processing, endToEnd, ...figures }: MeasuredQueue): void {
    if (revision === 0) return;
    const latencies = [wait, processing, endToEnd].map((each) => [
      each?.count,
      each?.sumMicroseconds,
      each?.recent,
    ]);
    const told = JSON.stringify([figures, latencies]);
    expect(this.#told.get(revision) ?? told).toBe(told);
    this.#told.set(revision, told);
  }

  end(): Promise<void> {
    return this.#at.broker.close();
  }
}

function sinceOf({ arrivalMs, dueMs }: ModelMessage): number {
  return Math.max(arrivalMs, dueMs);
}

it.each(Object.keys(queues))(
  'a queue (%s) tells what a list of its messages tells',
  async (queue) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (steps) => {
        const life = new Life(await SimulatedBroker.open(), queue);
        for (const step of steps) {
          await life.run(step);
          life.check();
        }
        await life.end();
      }),
      { numRuns: 25 },
    );
  },
  30_000,
);
