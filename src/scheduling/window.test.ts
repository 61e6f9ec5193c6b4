/** A worker's window passes the exam of every order, with and without tenants, and forgets what is done. */
import { describe, expect, it } from 'vitest';
import { orderNames, orderOf, type Order } from './order.js';
import type { TenantRules } from './tenant-line.js';
import {
  examOrder,
  exerciseOrdering,
  type OrderingSubject,
} from '../../tests/scheduling/exercise-ordering.js';
import { Window } from './window.js';

const equalShares: TenantRules = {
  termsOf: () => undefined,
  others: { weight: 1, bandwidth: undefined },
  rate: undefined,
  concurrencyMax: Infinity,
};

function subject(order: Order, tenants?: TenantRules): OrderingSubject {
  const window = new Window<number>({ order, tenants });
  return {
    add(message) {
      const { key, tenant, ...rest } = message;
      window.add(message.position, {
        ...rest,
        key: key === undefined ? undefined : `k${key}`,
        tenant: tenant === undefined ? undefined : `t${tenant}`,
      });
    },
    deliver: (nowMs) => window.take(nowMs),
    requeue: (position) => {
      window.giveBack(position);
    },
    remove: (position) => {
      window.remove(position);
    },
  };
}

const names = [...orderNames, 'strict-priority'] as const;

describe('a window', () => {
  it.each(names)('delivers by %s, one of each key at a time', (name) => {
    exerciseOrdering(name, () => subject(examOrder(name)));
  });

  it.each(names)('delivers each tenant by %s, and lets nobody wait while one can go', (name) => {
    exerciseOrdering(name, () => subject(examOrder(name), equalShares), { sharesTenants: true });
  });

  it('holds nothing of what is done', () => {
    const window = new Window<string>({ order: orderOf('fifo'), tenants: equalShares });
    const [first, second] = [
      window.add('a', { arrivalMs: 0, key: 'k' }),
      window.add('b', { arrivalMs: 0, key: 'k' }),
    ];
    expect([window.take(0), window.take(0)]).toEqual([first, -1]);
    expect([window.remove(first), window.remove(first)]).toEqual([true, false]);
    expect([window.take(0), window.valueOf(second)]).toEqual([second, 'b']);
    window.remove(second);
    expect(window.size).toBe(0);
  });

  it('holds a tenant back by its rate until it may go on', () => {
    const rate = { count: 1, perMs: 10, burst: 1 };
    const window = new Window<string>({ order: orderOf('fifo'), tenants: { ...equalShares, rate } });
    for (const value of ['a', 'b']) window.add(value, { arrivalMs: 0, tenant: 't' });
    expect([window.take(5), window.take(5)]).toEqual([0, -1]);
    expect(window.wakeAtMs).toBeCloseTo(15, 3);
    expect(window.take(15)).toBe(1);
  });
});
