/** What is due when, in ticks; and the scan that counts them. */
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { HeartbeatScan, tickMs, ticksOf } from './heartbeat-scan.js';
import { Liveness } from './liveness.js';

describe('liveness', () => {
  it('asks for a heartbeat at half the interval after the last bytes', () => {
    const liveness = new Liveness(0);
    liveness.agree(10, 0);
    expect(liveness.due(9)).toBe('nothing');
    expect(liveness.due(10)).toBe('send-heartbeat');
    liveness.sent(10);
    expect(liveness.due(19)).toBe('nothing');
  });

  it('gives a peer up after two silent intervals, not before', () => {
    const liveness = new Liveness(0);
    liveness.agree(10, 100);
    liveness.sent(140);
    expect(liveness.due(141)).toBe('nothing');
    expect(liveness.due(142)).toBe('peer-silent');
    liveness.received(142);
    expect(liveness.due(143)).toBe('nothing');
  });

  it('without heartbeats knows only deadlines', () => {
    const liveness = new Liveness(0);
    liveness.agree(0, 0);
    expect(liveness.due(1_000_000)).toBe('nothing');
    liveness.within(5000, 0);
    expect(liveness.due(ticksOf(5000) - 1)).toBe('nothing');
    expect(liveness.due(ticksOf(5000))).toBe('deadline-passed');
    liveness.withoutDeadline();
    expect(liveness.due(ticksOf(5000))).toBe('nothing');
  });

  it('never cuts a deadline short', () => {
    for (const durationMs of [1, 499, 500, 501, 10_000]) {
      // The deadline may be set just before a tick.
      expect((ticksOf(durationMs) - 1) * tickMs).toBeGreaterThanOrEqual(durationMs);
    }
  });
});

describe('the scan', () => {
  it('visits each at every tick, and one time for a long stop', () => {
    const clock = new FakeClock();
    const ticks: number[] = [];
    const scan = new HeartbeatScan(clock, [{ tick: (now) => ticks.push(now) }]);
    scan.start();
    scan.start();
    clock.advance(tickMs * 3);
    expect(ticks).toEqual([1, 2, 3]);
    scan.stop();
    scan.stop();
    clock.advance(tickMs * 3);
    expect(ticks).toEqual([1, 2, 3]);
  });
});
