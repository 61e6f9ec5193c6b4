import { expect, it } from 'vitest';
import { Paces, type ExchangeRow } from './pace.ts';

const row = (name: string, publishedIn: number): ExchangeRow => ({
  ...{ vhost: '/', name, type: 'topic', durable: true, autoDelete: false, internal: false, arguments: {} },
  ...{ publishedIn, publishedOut: publishedIn * 2 },
});

it('tells the pace of exchanges that were seen twice, and nothing of one that was made anew', () => {
  const paces = new Paces();
  paces.look([row('a', 10), row('again', 10)], 0);
  expect(paces.of(row('a', 0))).toBeUndefined();
  paces.look([row('a', 60), row('again', 3), row('new', 5)], 5_000);
  expect(paces.of(row('a', 0))).toEqual({ in: 10, out: 20 });
  expect(paces.of(row('again', 0))).toBeUndefined();
  expect(paces.of(row('new', 0))).toBeUndefined();
});
