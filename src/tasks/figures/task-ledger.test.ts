/** Reports of tasks, from the processes that make them to whoever adds them up. */
import { describe, expect, it } from 'vitest';
import { FakeClock, LatencyHistogram, seededRandom } from '../../kernel/index.js';
import { TaskLedger } from './task-ledger.js';
import { decodeReports, encodeReports, reportKey, reporterOf } from './task-report.js';
import { TaskTally } from './task-tally.js';

function changeOf(process: string, number: number, tallies: Readonly<Record<string, TaskTally>>) {
  const reports = new Map(Object.entries(tallies).map(([task, tally]) => [task, tally.take()]));
  const key = reportKey(process, number);
  return { key, entry: { key, version: 1, value: encodeReports(reports), expiresMs: undefined } } as never;
}

describe('a ledger of tasks', () => {
  it('has the whole, whatever was told when', () => {
    const random = seededRandom(7);
    const clock = new FakeClock(0);
    const ledger = new TaskLedger(clock);
    const tallies = [new TaskTally(), new TaskTally()];
    const whole = new LatencyHistogram();
    let completed = 0;
    for (let number = 0; number < 50; number++) {
      for (const [process, tally] of tallies.entries()) {
        const count = random.integer(20);
        tally.counts.completed += count;
        completed += count;
        for (let n = 0; n < count; n++) {
          const microseconds = 1 + random.integer(5_000_000);
          tally.response.record(microseconds);
          whole.record(microseconds);
        }
        const change = changeOf(`p${process}`, number, { charge: tally });
        ledger.take(change);
        // A record that was written again after a lost answer is told twice.
        if (random.integer(3) === 0) ledger.take(change);
      }
      clock.advance(1_000);
      for (const each of ledger.each()) expect(each.task).toBe('charge');
    }
    const [charge] = [...ledger.each()];
    expect(charge).toMatchObject({ task: 'charge', running: 0, startLaxityMs: NaN });
    expect(charge?.counts.completed).toBe(completed);
    const { response } = charge!.times;
    expect(response.whole().buckets()).toEqual(whole.buckets());
    expect(response.sumMicroseconds).toBe(whole.sumMicroseconds);
    expect(response.whole().quantile(0.99)).toBe(whole.quantile(0.99));
  });

  it('forgets what a silent process runs, and keeps what it has done', () => {
    const clock = new FakeClock(0);
    const ledger = new TaskLedger(clock);
    const tally = new TaskTally();
    tally.running = 3;
    tally.counts.attempts = 3;
    tally.startLaxityMs = -20;
    ledger.take(changeOf('p', 0, { charge: tally }));
    expect([...ledger.each()]).toMatchObject([{ running: 3, startLaxityMs: -20 }]);
    clock.advance(16_000);
    expect([...ledger.each()]).toMatchObject([{ running: 0, startLaxityMs: NaN, counts: { attempts: 3 } }]);
  });
});

describe('a report', () => {
  it.each([
    ...['', '[]', 'null', '{"a":1}', '{"a":{}}', '{"a":{"running":-1}}', '{"a":{"running":1,"failed":0.5}}'],
    ...['{"a":{"running":0,"times":{"wait":{"buckets":[1],"sumMicroseconds":1,"maxMicroseconds":1}}}}'],
    ...['{"a":{"running":0,"times":{"wait":{"buckets":[99999,1],"sumMicroseconds":1,"maxMicroseconds":1}}}}'],
    ...['{"a":{"running":0,"times":{"wait":{"buckets":[1,1],"sumMicroseconds":"1","maxMicroseconds":1}}}}'],
  ])('that no process has made is none: %s', (text) => {
    expect(decodeReports(Buffer.from(text))).toBeUndefined();
  });

  it('names its process', () => {
    expect(reporterOf(reportKey('abc', 12))).toBe('abc');
    expect(reporterOf('task-figures/../1')).toBeUndefined();
    expect(reporterOf('task/abc')).toBeUndefined();
  });
});
