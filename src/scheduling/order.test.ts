import { describe, expect, it } from 'vitest';
import {
  agingMsDefault,
  orderNames,
  orderOf,
  parseOrderName,
  rankOf,
  type Order,
  type Rankable,
} from './order.js';

const strict: Order = { kind: 'strict-priority', priorityMax: 10 };

function first(order: Order, ...messages: Rankable[]): Rankable {
  return messages.reduce((best, each) => (rankOf(order, each) < rankOf(order, best) ? each : best));
}

describe('parseOrderName', () => {
  it('knows each order, and the aliases of the literature', () => {
    expect(orderNames.map(parseOrderName)).toEqual([...orderNames]);
    expect(['edf', 'rm', 'llf'].map(parseOrderName)).toEqual(['deadline', 'rate-monotonic', 'laxity']);
  });

  it('knows no other text', () => {
    for (const text of ['', 'FIFO', 'lifo', 'constructor', '__proto__'])
      expect(parseOrderName(text)).toBeUndefined();
  });
});

describe('rankOf', () => {
  it('puts a higher priority first, until a lower one has waited a level longer', () => {
    const order = orderOf('priority');
    const low = { arrivalMs: 0, priority: 3 };
    expect(first(order, low, { arrivalMs: agingMsDefault - 1, priority: 4 }).priority).toBe(4);
    expect(first(order, low, { arrivalMs: agingMsDefault + 1, priority: 4 }).priority).toBe(3);
  });

  it('puts a higher strict priority first however long others wait, up to its maximum', () => {
    expect(first(strict, { arrivalMs: 0, priority: 1 }, { arrivalMs: 1e12, priority: 2 }).priority).toBe(2);
    expect(rankOf(strict, { arrivalMs: 0, priority: 10 })).toBe(
      rankOf(strict, { arrivalMs: 5, priority: 200 }),
    );
    expect(rankOf(strict, { arrivalMs: 0 })).toBe(rankOf(strict, { arrivalMs: 0, priority: 0 }));
  });

  it('puts the earliest deadline, the shortest period and the least laxity first', () => {
    const urgent = { arrivalMs: 9, deadlineMs: 100, periodMs: 50, costMs: 5 };
    const heavy = { arrivalMs: 9, deadlineMs: 120, periodMs: 20, costMs: 60 };
    expect(first(orderOf('deadline'), heavy, urgent)).toBe(urgent);
    expect(first(orderOf('rate-monotonic'), heavy, urgent)).toBe(heavy);
    expect(first(orderOf('laxity'), heavy, urgent)).toBe(heavy);
  });

  it('puts last what has no deadline or period', () => {
    for (const name of ['deadline', 'rate-monotonic', 'laxity'] as const) {
      expect(rankOf(orderOf(name), { arrivalMs: 1, costMs: 7 })).toBe(Infinity);
    }
  });

  it('is a number for any input', () => {
    const wild = [undefined, NaN, Infinity, -Infinity, -1, 0, 300, 1e300];
    for (const order of [...orderNames.map((name) => orderOf(name)), strict]) {
      for (const priority of wild) {
        for (const other of wild) {
          const message = { arrivalMs: 5, priority, deadlineMs: other, periodMs: other, costMs: priority };
          expect(rankOf(order, message)).not.toBeNaN();
        }
      }
    }
  });
});
