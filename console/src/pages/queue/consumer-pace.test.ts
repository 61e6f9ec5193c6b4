import { expect, it } from 'vitest';
import { consumerRows } from './consumer-pace.ts';

const look = (atMs: number, ...counts: readonly (readonly [string, number, number])[]) => ({
  atMs,
  consumers: counts.map(([consumer, acknowledged, held]) => ({
    labels: { consumer },
    figures: {
      sluice_consumer_messages_acknowledged_total: acknowledged,
      sluice_consumer_unacknowledged_messages: held,
    },
  })),
});

it('tells the pace of consumers that were seen twice', () => {
  const rows = consumerRows(
    look(0, ['a', 10, 0], ['again', 90, 1]),
    look(5_000, ['a', 60, 20], ['again', 3, 1], ['new', 1, 1]),
  );
  expect(rows.map(({ consumer, perSecond }) => [consumer, perSecond])).toEqual([
    ['a', 10],
    ['again', undefined],
    ['new', undefined],
  ]);
  expect(consumerRows(undefined, look(5, ['a', 1, 1]))[0]!.perSecond).toBeUndefined();
});
