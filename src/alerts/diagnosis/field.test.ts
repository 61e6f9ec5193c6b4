import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { ToldFigures } from '../testing/told-figures.js';
import { amountOf } from './evaluate.js';
import { greatest, more, now, rate, related, usual } from './expression.js';
import { Field } from './field.js';
import { readingsOf } from './readings.js';
import { stepSeconds, stepsKept } from './steps.js';
import { signatures } from './signatures/index.js';

const labelsOf = (queue: string): Record<string, string> => ({ engine: 'embedded', vhost: '/', queue });
const published = 'sluice_messages_published_total';

class World {
  readonly field = new Field(signatures);
  step = 1_000;

  take(queues: readonly string[], figures: (queue: string) => Record<string, number>): void {
    const told = new ToldFigures();
    for (const queue of queues) told.tell('queue', ['embedded', '/', queue], figures(queue));
    for (const queue of queues)
      told.tell('consumer', ['embedded', '/', queue, `of-${queue}`], {
        sluice_consumer_unacknowledged_messages: Number(queue),
      });
    const slices = this.field.take(told, ++this.step * stepSeconds);
    while (slices.next().done !== true);
  }

  amount(queue: string, amount: Parameters<typeof amountOf>[0]): number {
    return amountOf(amount, this.field.find('queue', labelsOf(queue))!, this.field);
  }
}

describe('the field', () => {
  it('keeps to each object its own figures, in whatever order they are told', () => {
    const world = new World();
    const random = seededRandom(5);
    const queues = Array.from({ length: 200 }, (_, each) => `${each}`);
    let total = 0;
    for (let look = 0; look < 12; look++) {
      const there = queues.filter(() => random.next() < 0.9);
      if (look % 3 === 1) there.sort(() => random.next() - 0.5);
      total += stepSeconds;
      world.take(there, (queue) => ({
        [published]: total * Number(queue),
        sluice_messages_ready: Number(queue),
      }));
      for (const queue of there) {
        expect(world.amount(queue, now('sluice_messages_ready'))).toBe(Number(queue));
        expect(world.amount(queue, rate(published, 10))).toSatisfy(
          (found: number) => Number.isNaN(found) || Math.abs(found - Number(queue)) < 0.001,
        );
        const held = related('consumer', 'sum', now('sluice_consumer_unacknowledged_messages'));
        expect(world.amount(queue, held)).toBe(Number(queue));
      }
    }
  });

  it('tells of counters a pace, and of gauges what they count', () => {
    const world = new World();
    world.take(['1'], () => ({ [published]: 1, sluice_messages_ready: 7 }));
    const amounts = [
      greatest(published, 15),
      usual(published),
      rate(published, 15),
      now('sluice_messages_ready'),
    ];
    const readings = amounts.flatMap((amount) =>
      readingsOf(more(amount, 0), world.field.find('queue', labelsOf('1'))!, world.field),
    );
    expect(readings.map(({ unit }) => unit)).toEqual(['per-second', 'per-second', 'per-second', 'messages']);
  });

  it('forgets an object after two minutes, and knows nothing of one that takes its place', () => {
    const world = new World();
    world.take(['1', '2'], () => ({ sluice_messages_ready: 7 }));
    for (let step = 0; step < stepsKept; step++) world.take(['1'], () => ({ sluice_messages_ready: 7 }));
    expect(world.amount('2', now('sluice_messages_ready'))).toBeNaN();
    world.take(['1'], () => ({ sluice_messages_ready: 7 }));
    expect(world.field.find('queue', labelsOf('2'))).toBeUndefined();
    world.take(['1', '3'], () => ({ [published]: 9 }));
    const { block, row } = world.field.find('queue', labelsOf('3'))!;
    expect(row).toBe(1);
    const column = world.field.tables.get('queue')!.columns.get('sluice_messages_ready')!;
    for (let back = 1; back < stepsKept; back++) expect(block.at(row, column, world.step, back)).toBeNaN();
    expect(world.amount('3', { take: 'watched' })).toBe(0);
    expect(world.amount('1', { take: 'watched' })).toBe((stepsKept + 2) * stepSeconds);
  });
});
