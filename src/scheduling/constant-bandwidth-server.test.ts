/** The server's rules, and what they promise: a preemptive worker, simulated millisecond by millisecond. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConstantBandwidthServer, ServerOrder, type Bandwidth } from './constant-bandwidth-server.js';

interface Job {
  readonly arrivalMs: number;
  readonly costMs: number;
}

/** What one server used under one deadline, and since when it had that deadline. */
interface Chunk {
  readonly sinceMs: number;
  readonly deadlineMs: number;
  usedMs: number;
}

interface Outcome {
  /** When each job of each tenant was done. */
  readonly doneMs: number[][];
  readonly chunks: Chunk[][];
}

class Tenant {
  readonly server: ConstantBandwidthServer;
  isWaiting = false;
  number = -1;
  readonly pending: { index: number; leftMs: number }[] = [];
  readonly doneMs: number[] = [];
  readonly chunks: Chunk[] = [];

  constructor(bandwidth: Bandwidth) {
    this.server = new ConstantBandwidthServer(bandwidth);
  }

  use(nowMs: number, order: ServerOrder<Tenant>): void {
    const chunk = this.chunks.at(-1);
    if (chunk?.deadlineMs === this.server.deadlineMs) chunk.usedMs++;
    else this.chunks.push({ sinceMs: this.sinceMs, deadlineMs: this.server.deadlineMs, usedMs: 1 });
    const before = this.server.deadlineMs;
    order.charge(this, 1);
    if (this.server.deadlineMs !== before) this.sinceMs = nowMs + 1;
    const job = this.pending[0]!;
    if (--job.leftMs > 0) return;
    this.doneMs[job.index] = nowMs + 1;
    this.pending.shift();
    if (this.pending.length === 0) order.remove(this);
  }

  arrive(nowMs: number, index: number, costMs: number, order: ServerOrder<Tenant>): void {
    this.pending.push({ index, leftMs: costMs });
    const before = this.server.deadlineMs;
    order.add(this, nowMs);
    if (this.server.deadlineMs !== before) this.sinceMs = nowMs;
  }

  sinceMs = 0;
}

/** Runs the tenants' jobs on one worker; each tenant's jobs in order of arrival. */
function simulate(
  tenants: readonly { readonly bandwidth: Bandwidth; readonly jobs: readonly Job[] }[],
): Outcome {
  const order = new ServerOrder<Tenant>();
  const lines = tenants.map(({ bandwidth }) => new Tenant(bandwidth));
  const untilMs = 20_000;
  for (let nowMs = 0; nowMs < untilMs; nowMs++) {
    tenants.forEach(({ jobs }, at) => {
      jobs.forEach((job, index) => {
        if (job.arrivalMs === nowMs) lines[at]!.arrive(nowMs, index, job.costMs, order);
      });
    });
    order.choose()?.use(nowMs, order);
    if (order.size === 0 && tenants.every(({ jobs }) => jobs.every((job) => job.arrivalMs <= nowMs))) break;
  }
  return { doneMs: lines.map(({ doneMs }) => doneMs), chunks: lines.map(({ chunks }) => chunks) };
}

/** By how much, at most, what was used under deadlines in an interval exceeds the interval's part. */
function excessMs(chunks: readonly Chunk[], { budgetMs, periodMs }: Bandwidth): number {
  let excess = 0;
  for (const { sinceMs: fromMs } of chunks) {
    // Deadlines of one server only grow, so what came since in order is what counts, up to each deadline.
    let usedMs = 0;
    for (const { sinceMs, deadlineMs, usedMs: used } of chunks) {
      if (sinceMs < fromMs) continue;
      usedMs += used;
      excess = Math.max(excess, usedMs - ((deadlineMs - fromMs) * budgetMs) / periodMs);
    }
  }
  return excess;
}

const anyJobs = fc
  .array(fc.record({ gapMs: fc.nat(40), costMs: fc.integer({ min: 1, max: 60 }) }), { maxLength: 15 })
  .map((drawn) => {
    let arrivalMs = 0;
    return drawn.map(({ gapMs, costMs }) => ({ arrivalMs: (arrivalMs += gapMs), costMs }));
  });

/** Bandwidths of at most one worker together. */
const bandwidths = fc
  .array(
    fc.record({ share: fc.integer({ min: 1, max: 5 }), periodMs: fc.constantFrom(10, 20, 30, 50, 100) }),
    {
      minLength: 2,
      maxLength: 5,
    },
  )
  .map((drawn) => {
    const whole = drawn.reduce((sum, { share }) => sum + share, 0);
    return drawn
      .map(({ share, periodMs }) => ({ budgetMs: Math.floor((periodMs * share) / whole), periodMs }))
      .filter(({ budgetMs }) => budgetMs > 0);
  })
  .filter((rows) => rows.length > 1);

describe('ConstantBandwidthServer', () => {
  it('starts afresh when work comes to a server that is idle', () => {
    const server = new ConstantBandwidthServer({ budgetMs: 4, periodMs: 10 });
    server.wake(100);
    expect([server.remainingMs, server.deadlineMs]).toEqual([4, 110]);
  });

  it('keeps what is left when using it by the deadline keeps the bandwidth', () => {
    const server = new ConstantBandwidthServer({ budgetMs: 4, periodMs: 10 });
    server.wake(0);
    server.charge(3);
    server.wake(5);
    expect([server.remainingMs, server.deadlineMs]).toEqual([1, 10]);
    server.wake(8);
    expect([server.remainingMs, server.deadlineMs]).toEqual([4, 18]);
  });

  it('moves its deadline by a period each time its budget is spent', () => {
    const server = new ConstantBandwidthServer({ budgetMs: 4, periodMs: 10 });
    server.wake(0);
    server.charge(4);
    expect([server.remainingMs, server.deadlineMs]).toEqual([4, 20]);
    server.charge(11);
    expect([server.remainingMs, server.deadlineMs]).toEqual([1, 40]);
  });

  it('never uses more than its bandwidth over any interval', () => {
    fc.assert(
      fc.property(bandwidths, fc.array(anyJobs, { minLength: 5, maxLength: 5 }), (rows, jobs) => {
        const { chunks } = simulate(rows.map((bandwidth, at) => ({ bandwidth, jobs: jobs[at]! })));
        rows.forEach((bandwidth, at) => {
          expect(excessMs(chunks[at]!, bandwidth)).toBeLessThanOrEqual(1e-9);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('lets nobody miss what it meets alone, whatever the others do', () => {
    fc.assert(
      fc.property(
        bandwidths,
        fc.array(anyJobs, { minLength: 5, maxLength: 5 }),
        fc.array(fc.nat(30), { minLength: 1, maxLength: 12 }),
        (rows, jobs, gaps) => {
          const [quiet, ...others] = rows;
          const { budgetMs, periodMs } = quiet!;
          let arrivalMs = 0;
          const own = gaps.map((gapMs) => {
            const job = { arrivalMs, costMs: budgetMs };
            arrivalMs += periodMs + gapMs;
            return job;
          });
          const { doneMs } = simulate([
            { bandwidth: quiet!, jobs: own },
            ...others.map((bandwidth, at) => ({ bandwidth, jobs: jobs[at]! })),
          ]);
          own.forEach((job, index) => {
            expect(doneMs[0]![index]).toBeLessThanOrEqual(job.arrivalMs + periodMs);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a budget above its period', () => {
    expect(() => new ConstantBandwidthServer({ budgetMs: 11, periodMs: 10 })).toThrow('period');
  });
});
