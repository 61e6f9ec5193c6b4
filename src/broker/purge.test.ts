/** Purging by pages leaves what purging one by one would have left. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';
import { FakeClock, seededRandom, type Random } from '../kernel/index.js';
import { newEntry } from './new-entry.js';
import { fieldTable } from './content/index.js';
import { EntryState, pageEntries } from './page.js';
import type { PositionRanges } from './position-ranges.js';
import { purge } from './purge.js';
import { readQueueSettings } from './queue-settings.js';
import { Queue } from './queue.js';
import { Reaper } from './reaper.js';
import { RequeueKind } from './record-types.js';
import { BrokerState } from './state.js';

/** How a queue is used before and after. */
interface Habits {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly keyed?: boolean;
  readonly delayed?: boolean;
  /** How many are taken and kept, of a hundred steps. */
  readonly held: number;
}

const plans: readonly (readonly [string, Habits])[] = [
  ['plain', { arguments: {}, held: 2 }],
  ['plain, and nothing held', { arguments: {}, held: 0 }],
  ['with keys', { arguments: {}, keyed: true, held: 20 }],
  ['with delays', { arguments: {}, delayed: true, held: 1 }],
  ['with priorities', { arguments: { 'x-max-priority': 5 }, held: 5 }],
  [
    'by deadline, with keys and delays',
    { arguments: { 'x-order': 'deadline' }, keyed: true, delayed: true, held: 3 },
  ],
];

/** A queue as state, with everything that may be seen of it. */
class Life {
  readonly references = new Map<number, [count: number, bytes: number]>();
  readonly state: BrokerState;
  readonly queue: Queue;
  readonly #habits: Habits;
  readonly #random: Random;
  readonly #held: number[] = [];

  constructor(habits: Habits, seed: number) {
    this.#habits = habits;
    this.#random = seededRandom(seed);
    const count = (by: 1 | -1) => (segment: number, bytes: number) => {
      const [references, total] = this.references.get(segment) ?? [0, 0];
      this.references.set(segment, [references + by, total + by * bytes]);
    };
    const account = { retain: count(1), release: count(-1) };
    this.state = new BrokerState(account);
    const table = fieldTable(habits.arguments);
    const settings = readQueueSettings(table, 'here');
    const traits = {
      durable: true,
      exclusive: false,
      autoDelete: false,
      isJournaled: true,
      owner: undefined,
    };
    this.queue = new Queue({ id: 7, vhost: '/', name: 'q', arguments: table, settings, ...traits }, account);
  }

  live(steps: number): void {
    for (let step = 0; step < steps; step++) this.#step();
  }

  /** What may be told of the queue without changing it. */
  get picture(): unknown {
    const { backlog, hash, largeBodies } = this.queue;
    const { tail, ready, readyPlain, unacknowledged, delayed, gated, bytes, waitingBytes } = backlog;
    return {
      counts: { tail, ready, readyPlain, unacknowledged, delayed, gated, bytes, waitingBytes },
      states: Array.from({ length: tail }, (_, position) => backlog.stateAt(position)).join(''),
      hash: [hash.low, hash.high],
      large: [...largeBodies.keys()],
      references: [...this.references]
        .filter(([, [references]]) => references !== 0)
        .sort(([a], [b]) => a - b),
      due: this.queue.nextDueMs(),
    };
  }

  /** Empties the queue as consumers would; gives the positions in the order in which they came. */
  drain(): number[] {
    const order: number[] = [];
    for (const position of this.#held.splice(0)) this.state.applySettle(this.queue, position);
    for (
      let due = this.queue.takeDue(Number.MAX_SAFE_INTEGER);
      due >= 0;
      due = this.queue.takeDue(Number.MAX_SAFE_INTEGER)
    )
      this.queue.undelay(due);
    for (let first = this.queue.first(); first >= 0; first = this.queue.first()) {
      order.push(first);
      this.queue.take(first, EntryState.unacknowledged);
      this.state.applySettle(this.queue, first);
    }
    return order;
  }

  #step(): void {
    const dice = this.#random.integer(100);
    if (dice < this.#habits.held) this.#take();
    else if (dice < this.#habits.held * 1.5) this.#letGo();
    else if (dice > 97) this.#consume();
    else if (dice > 96 && this.#habits.delayed === true) this.#undelay();
    else this.#admit();
  }

  #admit(): void {
    const random = this.#random;
    const entry = newEntry();
    entry.position = this.queue.backlog.tail;
    entry.segment = 1 + Math.floor(entry.position / 300);
    entry.size = random.integer(1_000);
    entry.priority = random.integer(6);
    entry.transient = random.integer(10) === 0;
    entry.isRanked = this.queue.isRanked;
    entry.rank = random.integer(50);
    if (this.#habits.keyed === true && random.integer(3) > 0) {
      entry.isKeyed = true;
      entry.keyLow = entry.keyHigh = random.integer(4);
    }
    if (this.#habits.delayed === true && random.integer(4) === 0) {
      entry.state = EntryState.delayed;
      entry.dueMs = 1 + random.integer(1_000);
    }
    const chunks = [{ segment: entry.segment, offset: 5, length: 70_000 }];
    this.state.applyEntry(this.queue, entry, random.integer(50) === 0 ? chunks : undefined, true);
  }

  #take(): void {
    const first = this.#random.integer(5) === 0 ? this.queue.firstWaiting() : this.queue.first();
    if (first < 0) return;
    const isReady = this.queue.backlog.stateAt(first) === EntryState.ready;
    this.queue.take(first, isReady ? EntryState.unacknowledged : EntryState.moving);
    this.#held.push(first);
  }

  #letGo(): void {
    const [position] = this.#held.splice(this.#random.integer(this.#held.length + 1), 1);
    if (position === undefined) return;
    const isMoving = this.queue.backlog.stateAt(position) === EntryState.moving;
    if (isMoving || this.#random.integer(2) === 0) this.state.applySettle(this.queue, position);
    else this.queue.giveBack(position, RequeueKind.failed);
  }

  #consume(): void {
    const first = this.queue.first();
    if (first < 0) return;
    this.queue.take(first, EntryState.unacknowledged);
    this.state.applySettle(this.queue, first);
  }

  #undelay(): void {
    const due = this.queue.takeDue(Number.MAX_SAFE_INTEGER);
    if (due >= 0) this.queue.undelay(due);
  }
}

/** Purges by pages; gives the positions that were recorded. */
function purgeByPages({ state, queue }: Life): { readonly count: number; readonly recorded: Set<number> } {
  const recorded = new Set<number>();
  const turns: (() => void)[] = [];
  const clock = new FakeClock();
  const reaper = new Reaper((run) => turns.push(run), clock);
  const settleRanges = (_: unknown, ranges: PositionRanges): void => {
    for (const position of positionsOf(ranges)) recorded.add(position);
  };
  const count = purge({ state, reaper, recorder: { settleRanges } as never }, queue);
  for (let run = turns.shift(); run !== undefined; run = turns.shift()) run();
  return { count, recorded };
}

function positionsOf(ranges: PositionRanges): number[] {
  const view = new DataView(new ArrayBuffer(8 + 10 * ranges.length));
  ranges.write(view, 0, 0, 0);
  return Array.from({ length: ranges.length }, (_, index) => {
    const first = view.getUint32(8 + index * 10, true);
    return Array.from({ length: view.getUint32(14 + index * 10, true) }, (_each, at) => first + at);
  }).flat();
}

/** As it is done with single messages. */
function purgeOneByOne({ state, queue }: Life): number {
  const { backlog } = queue;
  const count = backlog.waiting;
  const waiting: number[] = [];
  for (let at = backlog.nextLive(0); at >= 0; at = backlog.nextLive(at + 1)) {
    const known = backlog.stateAt(at);
    if (known === EntryState.ready || known === EntryState.gated) waiting.push(at);
  }
  for (const position of waiting) state.applySettle(queue, position);
  return count;
}

describe.each(plans)('purging a queue %s', (_, habits) => {
  it('leaves what purging one by one leaves, then and later', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const [fast, slow] = [new Life(habits, seed), new Life(habits, seed)];
      const steps = seededRandom(seed).integer(6 * pageEntries);
      for (const life of [fast, slow]) life.live(steps);
      expect(fast.picture, `seed ${seed}`).toEqual(slow.picture);
      const before = Array.from({ length: fast.queue.backlog.tail }, (_each, at) =>
        fast.queue.backlog.stateAt(at),
      );
      const { count, recorded } = purgeByPages(fast);
      expect(count).toBe(purgeOneByOne(slow));
      expect(fast.picture, `seed ${seed}`).toEqual(slow.picture);
      before.forEach((state, position) => {
        const waited = state === EntryState.ready || state === EntryState.gated;
        // What is recorded needlessly was gone before.
        if (waited || state !== EntryState.gone)
          expect([position, recorded.has(position)]).toEqual([position, waited]);
      });
      expect(Math.max(-1, ...recorded)).toBeLessThan(fast.queue.backlog.tail);
      for (const life of [fast, slow]) life.live(2 * pageEntries);
      expect(fast.picture, `seed ${seed}`).toEqual(slow.picture);
      expect(fast.drain(), `seed ${seed}`).toEqual(slow.drain());
      expect(fast.picture, `seed ${seed}`).toEqual(slow.picture);
    }
  });
});

describe('purging through a broker', () => {
  it('is the same after a restart, and takes nothing that comes later', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (let n = 0; n < 2_000; n++) client.publish({ routingKey: 'q', body: `${n}` });
    client.channel.setPrefetch(3, false);
    client.consume('q');
    await settle();
    expect(client.channel.purgeQueue('q').messageCount).toBe(1_997);
    client.publish({ routingKey: 'q', body: 'later' });
    await at.broker.administration.durable();
    expect(at.queue('q')).toMatchObject({ ready: 1, unacknowledged: 3 });
    const next = await at.crash(0);
    const reader = next.client();
    reader.consume('q', { noAck: true });
    await settle();
    expect(reader.sink.bodies).toEqual(['0', '1', '2', 'later']);
  });

  it('lets a snapshot that is under way be of the moment it was begun', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (let n = 0; n < 2_000; n++) client.publish({ routingKey: 'q', body: `${n}` });
    const snapshot = at.broker.snapshot();
    client.channel.purgeQueue('q');
    client.publish({ routingKey: 'q', body: 'later' });
    await snapshot;
    await at.broker.administration.durable();
    const next = await at.crash(0);
    expect(next.queue('q').ready).toBe(1);
    expect(await next.client().get('q')).toBe('later');
  });
});

describe('a key', () => {
  it('does not bring back a message that a full queue has sent elsewhere', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('morgue');
    const full = { 'x-max-length': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'morgue' };
    client.declare('q', full);
    client.consume('q');
    const publish = (body: string): void => {
      client.publish({ routingKey: 'q', body, headers: { 'x-key': 'k' } });
    };
    publish('held');
    await settle();
    publish('too many');
    publish('last');
    // In the same turn as the publish that was one too many.
    client.channel.acknowledge(1, false);
    await settle();
    client.channel.acknowledge(2, false);
    await settle();
    expect(client.sink.bodies).toEqual(['held', 'last']);
    expect(await client.get('morgue')).toBe('too many');
  });
});
