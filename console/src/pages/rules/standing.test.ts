import { describe, expect, it } from 'vitest';
import { stoodOf, type StandingAlert } from './standing.ts';

describe('where a rule stands', () => {
  const alerts: readonly StandingAlert[] = [
    { rule: 'a', state: 'pending' },
    { rule: 'a', state: 'firing' },
    { rule: 'a', state: 'firing' },
    { rule: 'b', state: 'firing', silencedBy: 's' },
    { rule: 'c', state: 'unknown' },
    { rule: 'd', state: 'pending' },
    { rule: 'e', state: 'firing', inhibitedBy: 'other' },
  ];

  it.each([
    ['a', 'firing', 2],
    ['b', 'muted', 1],
    ['c', 'unknown', 1],
    ['d', 'pending', 1],
    ['e', 'muted', 1],
    ['f', 'quiet', 0],
  ] as const)('%s is %s', (name, standing, count) => {
    expect(stoodOf(name, true, alerts)).toEqual({ standing, count });
  });

  it('is off where nobody wants it', () => {
    expect(stoodOf('a', false, alerts).standing).toBe('off');
  });
});
