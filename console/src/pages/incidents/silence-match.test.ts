import { describe, expect, it } from 'vitest';
import { textMatcher } from '../../../../src/alerts/rules/selector.js';
import { exactly, matchOf, matchWords } from './silence-match.ts';

const subject = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'a*b', node: '' } };

describe('what a silence matches', () => {
  it.each(['orders', 'a*b', 'what?', '/x.y/', '/', '//', 'a\\*[b](c)|d^$', '/a*/'])('is %s alone', (name) => {
    const matches = textMatcher(exactly(name));
    expect(matches(name)).toBe(true);
    expect(matches(`${name}x`)).toBe(false);
    expect(matches('aXb')).toBe(false);
    expect(matches('/xzy/')).toBe(false);
  });

  it('reaches as far as was asked', () => {
    const object = { kind: 'queue', engine: 'embedded', vhost: '/', queue: '/a\\*b/' };
    expect(matchOf({ rule: 'backlog', subject }, 'object')).toEqual(object);
    expect(matchOf({ rule: 'backlog', subject }, 'rule-and-object')).toEqual({ rule: 'backlog', ...object });
    expect(matchOf({ rule: 'backlog', subject }, 'rule')).toEqual({ rule: 'backlog' });
    expect(matchWords({ rule: 'backlog' })).toEqual(['--match', 'rule=backlog']);
  });
});
