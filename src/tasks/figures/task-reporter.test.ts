/** When a process reports of its tasks, and what it does where it cannot. */
import { expect, it } from 'vitest';
import type { Engine } from '../../engines/index.js';
import { FakeClock, SluiceError } from '../../kernel/index.js';
import { TaskLedger } from './task-ledger.js';
import { TaskReporter } from './task-reporter.js';

type Put = Engine['records']['put'];

function engineThat(put: (key: string, value: Buffer) => Promise<void>): Engine {
  const written: Put = async (key, value) => {
    await put(key, value);
    return { kind: 'written', version: 1 };
  };
  return { capabilities: { records: { kind: 'native' } }, records: { put: written } } as unknown as Engine;
}

/** Lets what has begun come to rest. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('writes again what was not written, and nothing where there is no news', async () => {
  const clock = new FakeClock(0);
  const ledger = new TaskLedger(clock);
  const keys: string[] = [];
  let isAway = true;
  const reporter = new TaskReporter(
    engineThat((key, value) => {
      keys.push(key);
      // An answer that is lost: it was written all the same.
      ledger.take({ key, entry: { key, value, version: 1 } } as never);
      return isAway ? Promise.reject(new SluiceError('connection-failed', 'away')) : Promise.resolve();
    }),
    clock,
    'p',
  );
  reporter.of('charge').counts.completed++;
  for (let second = 0; second < 3; second++) {
    clock.advance(1_000);
    await settled();
  }
  reporter.of('charge').counts.completed += 2;
  isAway = false;
  for (let second = 0; second < 5; second++) {
    clock.advance(1_000);
    await settled();
  }
  expect(keys.slice(-2)).toEqual(['task-figures/p/0', 'task-figures/p/1']);
  expect(new Set(keys).size).toBe(2);
  expect([...ledger.each()]).toMatchObject([{ task: 'charge', counts: { completed: 3 } }]);
});

it('asks no more where it may not, and keeps nobody who closes', async () => {
  const clock = new FakeClock(0);
  let asked = 0;
  const refused = new TaskReporter(
    engineThat(() => {
      asked++;
      return Promise.reject(new SluiceError('access-refused', 'no'));
    }),
    clock,
    'p',
  );
  for (let second = 0; second < 5; second++) {
    refused.of('charge').counts.completed++;
    clock.advance(1_000);
    await settled();
  }
  expect(asked).toBe(1);
  const silent = new TaskReporter(
    engineThat(() => new Promise(() => undefined)),
    clock,
    'q',
  );
  silent.of('charge').counts.completed++;
  const closed = silent.close();
  await settled();
  clock.advance(1_000);
  await closed;
});
