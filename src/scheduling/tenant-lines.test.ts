/** Lines of tenants against a naive model, and the rules that keep hostile tenants small. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import type { TenantRules } from './tenant-line.js';
import { TenantLines } from './tenant-lines.js';

const plainRules: TenantRules = {
  termsOf: () => undefined,
  others: { weight: 1, bandwidth: undefined },
  rate: undefined,
  concurrencyMax: Infinity,
};

/** A queue whose tenants are small numbers. */
class SharedQueue {
  readonly ready = new Map<number, number>();
  readonly lines: TenantLines;
  #next = 0;

  constructor(rules: Partial<TenantRules> = {}, linesMax?: number) {
    this.lines = new TenantLines({ ...plainRules, ...rules }, (at) => this.ready.has(at), linesMax);
  }

  send(tenant: number, rank = 0): number {
    const position = this.#next++;
    this.ready.set(position, tenant);
    this.lines.enter(tenant, 0);
    this.lines.add(tenant, 0, rank, position);
    return position;
  }

  /** Delivers what is first, and leaves it with its consumer; returns its tenant, or -1. */
  deliver(cost = 1): number {
    const position = this.lines.first();
    if (position < 0) return -1;
    const tenant = this.ready.get(position)!;
    this.lines.serve(tenant, 0, cost);
    this.lines.take(tenant, 0, position);
    this.ready.delete(position);
    this.lines.hold(tenant, 0);
    return tenant;
  }

  acknowledge(tenant: number): void {
    this.lines.release(tenant, 0);
    this.lines.leave(tenant, 0);
  }

  /** Delivers and acknowledges, so often. */
  serve(times: number, cost = 1): Map<number, number> {
    const served = new Map<number, number>();
    for (let left = times; left > 0; left--) {
      const tenant = this.deliver(cost);
      if (tenant < 0) break;
      served.set(tenant, (served.get(tenant) ?? 0) + 1);
      this.acknowledge(tenant);
    }
    return served;
  }
}

describe('TenantLines', () => {
  it('shares by weight, whoever sends more', () => {
    const queue = new SharedQueue({
      termsOf: (low) => (low === 1 ? { weight: 3, bandwidth: undefined } : undefined),
    });
    for (let sent = 0; sent < 300; sent++) queue.send(2);
    for (let sent = 0; sent < 300; sent++) queue.send(1);
    expect(queue.serve(80)).toEqual(
      new Map([
        [1, 60],
        [2, 20],
      ]),
    );
  });

  it('keeps the order of ranks within a tenant', () => {
    const queue = new SharedQueue();
    const [late, soon] = [queue.send(1, 9), queue.send(1, 3)];
    expect(queue.lines.first()).toBe(soon);
    queue.deliver();
    expect(queue.lines.first()).toBe(late);
  });

  it('holds a tenant back by its rate, and nobody else, and wakes when it may go on', () => {
    const queue = new SharedQueue({ rate: { count: 1, perMs: 100, burst: 1 } });
    for (const tenant of [1, 1, 2]) queue.send(tenant);
    queue.lines.advance(1_000);
    expect([queue.deliver(), queue.deliver(), queue.deliver()]).toEqual([1, 2, -1]);
    expect(queue.lines.holdOf(1, 0).kind).toBe('rate');
    expect(queue.lines.wakeAtMs).toBeCloseTo(1_100, 3);
    queue.lines.advance(1_099);
    expect(queue.deliver()).toBe(-1);
    queue.lines.advance(1_100);
    expect(queue.deliver()).toBe(1);
  });

  it('remembers a limit of a tenant that has no message left', () => {
    const queue = new SharedQueue({ rate: { count: 1, perMs: 100, burst: 1 } });
    queue.lines.advance(0);
    queue.send(1);
    expect(queue.serve(1).size).toBe(1);
    queue.send(1);
    expect(queue.deliver()).toBe(-1);
    queue.lines.advance(100);
    expect(queue.deliver()).toBe(1);
  });

  it('holds a tenant back by what is unacknowledged', () => {
    const queue = new SharedQueue({ concurrencyMax: 2 });
    for (const tenant of [1, 1, 1, 2]) queue.send(tenant);
    expect([1, 2, 3, 4].map(() => queue.deliver())).toEqual([1, 2, 1, -1]);
    expect(queue.lines.holdOf(1, 0)).toEqual({ kind: 'concurrency', held: 2, max: 2 });
    queue.acknowledge(1);
    expect(queue.deliver()).toBe(1);
  });

  it('lets servers of reserved bandwidth go by their deadlines, before all others', () => {
    const bandwidth = { budgetMs: 10, periodMs: 100 };
    const queue = new SharedQueue({
      termsOf: (low) => (low < 3 ? { weight: 1, bandwidth } : undefined),
    });
    for (let sent = 0; sent < 10; sent++) for (const tenant of [3, 1]) queue.send(tenant);
    queue.lines.advance(0);
    expect([queue.deliver(10), queue.deliver(10)]).toEqual([1, 1]);
    queue.send(2);
    queue.lines.advance(0);
    expect(queue.deliver(10)).toBe(2);
    for (let left = 8; left > 0; left--) expect(queue.deliver(10)).toBe(1);
    expect(queue.deliver(10)).toBe(3);
  });

  it('forgets tenants without messages', () => {
    const queue = new SharedQueue();
    for (let tenant = 1; tenant <= 5_000; tenant++) queue.send(tenant);
    expect(queue.lines.size).toBe(5_000);
    queue.serve(5_000);
    expect(queue.lines.size).toBeLessThan(10);
  });

  it('keeps no more lines than it may, whatever names tenants have', () => {
    const queue = new SharedQueue({}, 100);
    for (let tenant = 1; tenant <= 50_000; tenant++) {
      queue.lines.identify(tenant, 7);
      queue.lines.enter(queue.lines.low, queue.lines.high);
    }
    expect(queue.lines.size).toBeLessThanOrEqual(100 + 1_024);
  });

  it('remembers a bounded number of those that left and owe', () => {
    const queue = new SharedQueue({ rate: { count: 1, perMs: 1e9, burst: 1 } });
    for (let tenant = 1; tenant <= 20_000; tenant++) {
      queue.send(tenant);
      queue.serve(1);
    }
    expect(queue.lines.size).toBeLessThanOrEqual(16_384);
  });

  it('says whose turn it is exactly while somebody may go, whatever comes and goes', () => {
    const seed = Number(process.env['SLUICE_SEED'] ?? 3);
    const random = seededRandom(seed);
    const queue = new SharedQueue({ concurrencyMax: 3 });
    const held: number[] = [];
    for (let step = 0; step < 20_000; step++) {
      const dice = random.integer(10);
      if (dice < 4) queue.send(random.integer(20));
      else if (dice < 7) {
        const tenant = queue.deliver(1 + random.integer(5));
        const canGo = [...queue.ready.values()].some(
          (one) => held.filter((other) => other === one).length < 3,
        );
        if (tenant >= 0) held.push(tenant);
        else expect(canGo, `seed ${seed}, step ${step}`).toBe(false);
      } else if (dice < 9 && held.length > 0) {
        queue.acknowledge(held.splice(random.integer(held.length), 1)[0]!);
      } else if (queue.ready.size > 0) {
        const position = [...queue.ready.keys()][random.integer(queue.ready.size)]!;
        const tenant = queue.ready.get(position)!;
        queue.lines.take(tenant, 0, position);
        queue.ready.delete(position);
        queue.lines.leave(tenant, 0);
      }
    }
    for (const tenant of held) queue.acknowledge(tenant);
    queue.serve(Infinity);
    expect([queue.ready.size, queue.lines.waiting]).toEqual([0, 0]);
  });
});
