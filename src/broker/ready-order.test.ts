/** Levels of priority against a model: a sorted list of what is ready. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { newEntry } from './new-entry.js';
import { emptyFieldTable, fieldTable } from './content/index.js';
import { EntryState } from './page.js';
import { readQueueSettings } from './queue-settings.js';
import { Queue } from './queue.js';
import { RequeueKind } from './record-types.js';

const account = { retain: () => undefined, release: () => undefined };

function queueWith(plainArguments: Readonly<Record<string, unknown>>): Queue {
  return new Queue(
    {
      ...{ id: 1, vhost: '/', name: 'q', durable: true, exclusive: false, autoDelete: false },
      ...{ arguments: emptyFieldTable, isJournaled: true, owner: undefined },
      settings: readQueueSettings(fieldTable(plainArguments), 'queue'),
    },
    account,
  );
}

function admit(queue: Queue, priority: number): number {
  const position = queue.backlog.tail;
  queue.admit({ ...newEntry(), position, segment: 1, priority }, undefined);
  return position;
}

/** What is ready, as a list of position and priority. */
class Model {
  readonly ready = new Map<number, number>();

  first(): number {
    const sorted = [...this.ready].sort(([a, high], [b, low]) => low - high || a - b);
    return sorted[0]?.[0] ?? -1;
  }
}

describe.each([
  ['a quorum queue', { 'x-queue-type': 'quorum' }, 32],
  ['a queue with x-max-priority', { 'x-max-priority': 9 }, 10],
])('%s', (_name, plainArguments, levels) => {
  it('gives the highest level first and equal ones in order, whatever comes and goes', () => {
    const seed = Number(process.env['SLUICE_SEED'] ?? 11);
    const random = seededRandom(seed);
    const queue = queueWith(plainArguments);
    const model = new Model();
    const held: [number, number][] = [];
    const plain = queue.settings.levels!.plain;
    for (let step = 0; step < 20_000; step++) {
      const dice = random.integer(10);
      if (dice < 5) {
        const priority = random.integer(3) === 0 ? random.integer(levels) : plain;
        model.ready.set(admit(queue, priority), priority);
      } else if (dice < 8 && model.ready.size > 0) {
        const position = queue.first();
        held.push([position, model.ready.get(position)!]);
        model.ready.delete(position);
        queue.take(position, EntryState.unacknowledged);
      } else if (dice === 8 && held.length > 0) {
        const [[position, priority]] = held.splice(random.integer(held.length), 1) as [[number, number]];
        queue.giveBack(position, RequeueKind.returned);
        model.ready.set(position, priority);
      } else if (held.length > 0) {
        const [[position]] = held.splice(random.integer(held.length), 1) as [[number, number]];
        queue.settle(position);
      }
      expect(queue.first(), `seed ${seed}, step ${step}`).toBe(model.first());
    }
  });

  it('is made anew from the columns', () => {
    const queue = queueWith(plainArguments);
    const { plain } = queue.settings.levels!;
    for (const priority of [plain, 1, 9, plain, 2]) {
      const position = queue.backlog.tail;
      queue.store({ ...newEntry(), position, segment: 1, priority }, undefined);
    }
    queue.rebuild();
    const order: number[] = [];
    for (let position = queue.first(); position >= 0; position = queue.first()) {
      order.push(position);
      queue.settle(position);
    }
    expect(order).toEqual(plain === 4 ? [2, 0, 3, 4, 1] : [2, 4, 1, 0, 3]);
  });
});

describe('a queue in which all have the plain level', () => {
  it('goes by position, in no time for each message, behind any number of others', () => {
    const queue = queueWith({ 'x-queue-type': 'quorum' });
    for (let n = 0; n < 100_000; n++) admit(queue, 0);
    const plain = [admit(queue, 4), admit(queue, 4)];
    expect(queue.backlog.readyPlain).toBe(2);
    expect(queue.first()).toBe(plain[0]);
    queue.take(plain[0]!, EntryState.unacknowledged);
    expect(queue.first()).toBe(plain[1]);
    queue.settle(plain[1]!);
    expect(queue.first()).toBe(0);
  });
});
