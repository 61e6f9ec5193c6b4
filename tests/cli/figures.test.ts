/** `sluice figures` and `sluice history`, on a real server that measures. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
  await place.up().ready;
  for (const words of [
    ['queue', 'declare', 'work'],
    ['publish', 'work', '--body', 'first'],
    ['publish', 'work', '--body', 'second'],
    ['consume', 'work', '--count', '1'],
  ])
    expect((await place.sluice(words)).code).toBe(0);
}, 60_000);

afterAll(() => place.close());

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** Runs a command until what it prints holds `expected`: a measurement is at most a second old. */
async function until(words: readonly string[], expected: RegExp): Promise<string> {
  for (;;) {
    const { code, stdout, stderr } = await place.sluice(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (expected.test(stdout)) return stdout;
  }
}

it('figures tell what is known of a queue, and nothing else', { timeout: 60_000 }, async () => {
  const text = await until(['figures', '--queue', 'work'], /messages_acknowledged_total +1\n/);
  expect(text).toMatch(/messages_published_total +2\n/);
  expect(text).toMatch(/messages_ready +1\n/);
  expect(text).not.toContain('NaN');
  const rows = JSON.parse((await place.sluice(['figures', '--queue', 'work', '--json'])).stdout) as Row[];
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    labels: { engine: 'embedded', vhost: '/', queue: 'work' },
    figures: { sluice_messages_published_total: 2, sluice_messages_ready: 1 },
  });
  expect(rows[0]!.figures).not.toHaveProperty('sluice_least_laxity_seconds');
});

it('history tells how a figure went, as bars, CSV and JSON', { timeout: 60_000 }, async () => {
  const words = ['history', 'messages_ready', '--queue', 'work', '--since', '5m', '--step', '1s'];
  const text = await until(words, /FROM[\s\S]* 1 s +1 /);
  expect(text).toMatch(/^sluice_messages_ready of embedded \/ work, in messages\n[▁-█ ]+\n/);
  const csv = (await place.sluice([...words, '--csv'])).stdout;
  expect(csv).toMatch(/^from,seconds,value,least,greatest\n/);
  expect(csv).toMatch(/\n[\d-]+T[\d:]+Z,1,1,1,1\n/);
  const { series, unit, isRate } = JSON.parse((await place.sluice([...words, '--json'])).stdout) as {
    readonly series: string;
    readonly unit: string;
    readonly isRate: boolean;
  };
  expect({ series, unit, isRate }).toEqual({
    series: 'sluice_messages_ready',
    unit: 'messages',
    isRate: false,
  });
  words.splice(2, 0, 'messages_published_total');
  const both = JSON.parse((await place.sluice([...words, '--json'])).stdout) as { series: string }[];
  const names = ['sluice_messages_ready', 'sluice_messages_published_total'];
  expect(both.map((answer) => answer.series)).toEqual(names);
  const table = (await place.sluice([...words, '--csv'])).stdout;
  expect(table).toMatch(/^series,from,seconds,value,least,greatest\n/);
  for (const name of names) expect(table).toMatch(new RegExp(`\\n${name},[\\d-]+T`));
});

it('refuses what is not measured, and says where the names are', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await place.sluice(['history', 'no_such_figure', '--queue', 'work']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('sluice: no series no_such_figure; the catalogue names them all\n');
});
