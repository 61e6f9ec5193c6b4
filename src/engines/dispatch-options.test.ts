import { describe, expect, it } from 'vitest';
import type { DispatchOptions } from './dispatch-options.js';
import { declarationOf, type QueueOptions } from './queue-options.js';
import { argumentsOf } from './topology.js';

const argumentsFor = (options: QueueOptions): unknown => argumentsOf(declarationOf(options));

describe('shares and limits of a queue', () => {
  it('become arguments, with times in milliseconds', () => {
    expect(
      argumentsFor({
        order: 'edf',
        fair: { gold: 3, '*': 0.5 },
        fairBudget: { gold: '0.02s/100ms', slow: '0.5ms/1m' },
        rateLimit: { count: 100, per: '1s', burst: 10 },
        tenantRateLimit: { count: 3, per: 500 },
        keyRateLimit: { count: 1, per: '1m', burst: 1 },
        concurrency: 8,
        tenantConcurrency: 2,
        messageIndex: true,
      }),
    ).toEqual({
      'x-order': 'deadline',
      'x-fair': { gold: 3, '*': 0.5 },
      'x-fair-budget': { gold: '20ms/100ms', slow: '0.5ms/60000ms' },
      'x-rate-limit': { count: 100, per: 1_000, burst: 10 },
      'x-tenant-rate-limit': { count: 3, per: 500 },
      'x-key-rate-limit': { count: 1, per: 60_000 },
      'x-concurrency': 8,
      'x-tenant-concurrency': 2,
      'x-message-index': true,
    });
  });

  it('leave a queue as it is where there are none', () => {
    expect(argumentsFor({ messageIndex: false })).toEqual({});
    expect(argumentsFor({ fair: {} })).toEqual({ 'x-fair': {} });
  });

  const rate = { count: 1, per: '1s' } as const;
  it.each<[string, DispatchOptions]>([
    ['a weight of nothing', { fair: { gold: 0 } }],
    ['a weight that is no number', { fair: { gold: '3' as never } }],
    ['weights that are no table', { fair: [3] as never }],
    ['a tenant with a long name', { fair: { ['x'.repeat(256)]: 1 } }],
    ['a budget without a period', { fairBudget: { gold: '20ms' as never } }],
    ['a budget above its period', { fairBudget: { gold: '2s/1s' } }],
    ['a budget of nothing', { fairBudget: { gold: '0ms/1s' } }],
    ['a rate that is text', { rateLimit: '1/s' as never }],
    ['a rate with another field', { rateLimit: { ...rate, max: 1 } as never }],
    ['a rate of a half', { rateLimit: { ...rate, count: 0.5 } }],
    ['a rate in no time', { tenantRateLimit: { ...rate, per: 0 } }],
    ['a rate in a time that is none', { keyRateLimit: { ...rate, per: 'soon' as never } }],
    ['a burst of nothing', { rateLimit: { ...rate, burst: 0 } }],
    ['a concurrency of nothing', { concurrency: 0 }],
    ['a concurrency that is endless', { tenantConcurrency: Infinity }],
  ])('refuses %s', (_what, options) => {
    expect(() => argumentsFor({ order: 'deadline', ...options })).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  it('refuses budgets in a queue without deadlines', () => {
    expect(() => argumentsFor({ fairBudget: { gold: '20ms/100ms' } })).toThrow('deadline');
    expect(() => argumentsFor({ order: 'priority', fairBudget: {} })).toThrow('deadline');
  });
});
