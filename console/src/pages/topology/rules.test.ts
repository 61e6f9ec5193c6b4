import { describe, expect, it } from 'vitest';
import { rulesOf } from './rules.ts';

describe('rules in effect', () => {
  it('tell who gives each value', () => {
    const rules = rulesOf({
      effect: {
        ...{ policy: 'p', operatorPolicy: 'o', definition: {}, ignored: ['queue-mode'] },
        arguments: {
          'x-max-length': 5,
          'x-message-ttl': 1_000,
          'x-order': 'priority',
          'x-overflow': 'drop-head',
        },
      },
      declared: { 'x-max-length': 10, 'x-order': 'priority', 'x-overflow': 'drop-head' },
      policy: { 'max-length': 7, 'message-ttl': 1_000, 'queue-mode': 'lazy', overflow: 'reject-publish' },
      operatorPolicy: { 'max-length': 5, 'message-ttl': 1_000 },
    });
    expect(rules.map(({ key, value, givers }) => [key, value, givers])).toEqual([
      ['x-max-length', 5, ['operatorPolicy']],
      ['x-message-ttl', 1_000, ['policy', 'operatorPolicy']],
      ['x-order', 'priority', ['declared']],
      ['x-overflow', 'drop-head', ['declared']],
    ]);
    expect(rules[0]!.said).toEqual({ declared: 10, policy: 7, operatorPolicy: 5 });
  });
});
