/** An owner that does not answer is told apart from one that is only slow. */
import { expect, test } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { PendingCalls } from './pending-calls.js';

function started(answers: () => boolean) {
  const clock = new FakeClock();
  const probes: boolean[] = [];
  const calls = new PendingCalls({
    directory: '/data',
    clock,
    probe: () => {
      probes.push(answers());
      return Promise.resolve(answers());
    },
  });
  return { clock, calls, probes };
}

const never = new Promise<never>(() => undefined);

async function advance(clock: FakeClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a call that an owner answers late is waited for, however long', async () => {
  const { clock, calls, probes } = started(() => true);
  let settled = false;
  void calls.track(never).finally(() => (settled = true));
  await advance(clock, 300);
  expect(settled).toBe(false);
  expect(probes.length).toBeGreaterThan(50);
});

test('calls are rejected once the owner has been silent for half a minute', async () => {
  const { clock, calls } = started(() => false);
  const call = calls.track(never).catch((error: unknown) => error);
  let settled = false;
  void call.then(() => (settled = true));
  await advance(clock, 30);
  expect(settled).toBe(false);
  await advance(clock, 10);
  expect(await call).toMatchObject({ code: 'timeout', retryable: true, details: { directory: '/data' } });
});

test('an owner that answers again in time loses no call', async () => {
  let isSilent = true;
  const { clock, calls } = started(() => !isSilent);
  let settled = false;
  void calls.track(never).finally(() => (settled = true));
  await advance(clock, 25);
  isSilent = false;
  await advance(clock, 10);
  isSilent = true;
  await advance(clock, 25);
  expect(settled).toBe(false);
});

test('nobody is asked while no call waits', async () => {
  const { clock, calls, probes } = started(() => true);
  expect(await calls.track(Promise.resolve(1))).toBe(1);
  await advance(clock, 60);
  expect(probes).toEqual([]);
});

test('what a call gives or throws is passed on', async () => {
  const { calls } = started(() => true);
  const error = new TypeError('as it came');
  await expect(calls.track(Promise.reject(error))).rejects.toBe(error);
});
