/** What the command line tells of queues by their figures, of where they are going, and where a routing key leads. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
  await place.up().ready;
  for (const words of [
    ['queue', 'declare', 'long', '-a', 'x-max-length=100'],
    ['queue', 'declare', 'short'],
    ['publish', 'long', '--body', 'one'],
    ['publish', 'long', '--body', 'two'],
    ['publish', 'short', '--body', 'one'],
    ['exchange', 'declare', 'events', '--type', 'topic'],
    ['binding', 'declare', 'events', 'long', '--key', 'order.*'],
  ])
    expect(await place.sluice(words)).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => place.close());

/** Runs a command until what it prints holds `expected`. */
async function until(words: readonly string[], expected: RegExp): Promise<string> {
  for (;;) {
    const { code, stdout, stderr } = await place.sluice(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (expected.test(stdout)) return stdout;
  }
}

it('queues are listed by any figure', { timeout: 60_000 }, async () => {
  const words = ['queue', 'list', '--columns', 'name,messages_ready', '--sort=-messages_ready'];
  await until(words, /^NAME +MESSAGES_READY\nlong +2\nshort +1\n$/);
  const first = await place.sluice([...words, '--limit', '1', '--json']);
  expect(JSON.parse(first.stdout)).toMatchObject([{ name: 'long', figures: { messages_ready: 2 } }]);
  const wrong = await place.sluice(['queue', 'list', '--sort', 'nonsense']);
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('seconds_to_drain');
});

it('a forecast says what it rests on', { timeout: 60_000 }, async () => {
  const text = await until(['queue', 'forecast', 'long', '--over', '1m'], /ready messages: 2,/);
  expect(text).toMatch(/ready messages: 2, hardly changes; does not reach x-max-length \(100\)/);
  expect(text).toMatch(/By a line through the last 60 s; it assumes that all goes on as it went\.\n$/);
});

it('a routing key leads to queues', { timeout: 60_000 }, async () => {
  const route = (key: string) => place.sluice(['exchange', 'route', 'events', key]);
  expect((await route('order.paid')).stdout).toBe('long\n');
  expect((await route('invoice')).stdout).toBe('No queue would take it.\n');
});
