import { expect, it } from 'vitest';
import { FakeClock, SluiceError } from '../../kernel/index.js';
import { Polled } from './polled.js';

it('knows the newest reading for three intervals, and nothing after', async () => {
  const clock = new FakeClock();
  let fails = false;
  const polled = new Polled(clock, 5_000, () =>
    fails ? Promise.reject(new SluiceError('timeout', 'no answer')) : Promise.resolve('read'),
  );
  expect(polled.isUp).toBeUndefined();
  polled.poll();
  await polled.settled();
  expect([polled.current(), polled.isUp]).toEqual(['read', true]);
  fails = true;
  clock.advance(5_000);
  expect(polled.current()).toBe('read');
  await polled.settled();
  expect([polled.current(), polled.isUp]).toEqual(['read', false]);
  clock.advance(10_001);
  expect(() => polled.current()).toThrow('no answer');
});
