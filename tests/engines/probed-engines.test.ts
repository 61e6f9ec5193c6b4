/** Probe messages through a real RabbitMQ that is stopped and started, and through a broker in this process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRabbitmq } from '../../src/engines/rabbitmq/index.js';
import { systemClock, systemRandom } from '../../src/kernel/index.js';
import { Prober, type ProbeFigures } from '../../src/monitor/index.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';

const reason = rabbitUnavailable();
const isRequired = process.env['SLUICE_REQUIRE_ALL'] === '1';
if (reason !== undefined) console.warn(`skipped: ${reason}`);

const clock = systemClock();
const queue = 'sluice.probe.test';
const timeoutMs = 2_000;

function proberOf(url: string, problems: string[]): Prober {
  return new Prober({
    ...{ engine: 'orders', clock, random: systemRandom(), queue, everyMs: 100, timeoutMs },
    open: () => openRabbitmq(url, { name: 'sluice probe of orders', clock, leaseMs: 2_000 }),
    onProblem: (problem) => problems.push(problem),
  });
}

/** Resolves when the prober's figures are as wanted. */
async function until(prober: Prober, isThere: (figures: ProbeFigures) => boolean): Promise<ProbeFigures> {
  for (;;) {
    const { figures } = prober;
    if (isThere(figures)) return figures;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(reason !== undefined && !isRequired)('probes of RabbitMQ', () => {
  let rabbit: BrokerServer;

  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 120_000);
  afterAll(() => rabbit.stop(), 60_000);

  it('measures its outage and recovery, and loses nothing by it', { timeout: 180_000 }, async () => {
    const problems: string[] = [];
    const prober = proberOf(rabbit.url, problems);
    prober.start();
    try {
      const before = await until(prober, ({ sent }) => sent > 20);
      expect(before).toMatchObject({ lost: 0, duplicated: 0, outages: 0, outageMs: 0, downMs: 0 });
      expect(before.roundTrips.count).toBeGreaterThanOrEqual(20);
      expect(problems).toEqual([]);
      const stoppedMs = clock.monotonic();
      await rabbit.terminate();
      const goneMs = clock.monotonic();
      await until(prober, ({ outageMs = 0 }) => outageMs > 3 * timeoutMs);
      const startingMs = clock.monotonic();
      await rabbit.restart();
      const after = await until(prober, ({ recoveries }) => recoveries.count > 0);
      const endedMs = clock.monotonic();
      const recoveryMs = after.recoveries.sumMicroseconds / 1_000;
      expect(after.outages).toBe(1);
      // It fails at some moment of the stop, and works again at some moment after the start began.
      expect(recoveryMs).toBeGreaterThan(startingMs - goneMs);
      expect(recoveryMs).toBeLessThan(endedMs - stoppedMs + timeoutMs);
      expect(after.downMs).toBeCloseTo(recoveryMs, 1);
      const answered = after.sent;
      const last = await until(prober, ({ sent }) => sent > answered + 20);
      expect(last).toMatchObject({ lost: 0, outages: 1, outageMs: 0 });
      expect(last.upMs).toBeGreaterThan(before.upMs);
    } finally {
      await prober.stop();
    }
  });

  it('finds what an earlier prober left, and counts it for nothing', { timeout: 60_000 }, async () => {
    const engine = await openRabbitmq(rabbit.url);
    await engine.send(queue, [{ body: Buffer.from('earlier 3') }, { body: Buffer.from('earlier 4') }]);
    const problems: string[] = [];
    const prober = proberOf(rabbit.url, problems);
    expect(await prober.runOnce()).toBe('up');
    expect(prober.figures).toMatchObject({ sent: 1, lost: 0, duplicated: 0 });
    await prober.stop();
    expect(problems).toEqual([]);
    expect((await engine.topology.describeQueue(queue))?.ready).toBe(0);
    await engine.close();
  });

  it('knows nothing while it may not sign in, and connects no more than it must', async () => {
    const problems: string[] = [];
    const { port } = new URL(rabbit.url);
    const prober = proberOf(`amqp://guest:wrong@127.0.0.1:${port}`, problems);
    expect(await prober.runOnce()).toBe('unknown');
    expect(await prober.runOnce()).toBe('unknown');
    expect(prober.figures).toMatchObject({ sent: 0, upMs: 0, downMs: 0, outageMs: undefined });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('probes tell nothing');
    await prober.stop();
  });
});
