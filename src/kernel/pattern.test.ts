/** Patterns agree with a backtracking engine wherever both speak, and stay linear where it explodes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from './errors.js';
import { pattern } from './pattern.js';
import type { PatternVariable } from './pattern-tree.js';

const values = (
  entries: readonly (readonly [PatternVariable, string])[],
): ReadonlyMap<PatternVariable, string> => new Map(entries);

describe('pattern', () => {
  it.each([
    ['.*', '', true],
    ['.*', 'anything', true],
    ['', '', true],
    ['', 'anything', false],
    ['^$', '', true],
    ['^$', 'x', false],
    ['orders', 'my-orders-2', true],
    ['^orders', 'my-orders', false],
    ['^(a|b)$', 'b', true],
    ['^(a|b)$', 'ab', false],
    ['^(?!secret).*$', 'secret-queue', false],
    ['^(?!secret).*$', 'open', true],
    ['(?<!private)$', 'x-private', false],
    ['(?<!private)$', 'x-public', true],
    ['(?<=^a.)c', 'abc', true],
    ['(?=.*x)(?=.*y)^[^z]+$', 'a-y-x', true],
    ['(?=.*x)(?=.*y)^[^z]+$', 'a-y', false],
    ['(?!a(?=b))^a', 'ab', false],
    ['(?!a(?=b))^a', 'ac', true],
    ['^[[:alpha:]_-]+$', 'ab_c-d', true],
    ['^[^[:digit:]]+$', 'ab1', false],
    ['^[]a]+$', 'a]', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,3}$', 'aaa', true],
    ['^a{x}$', 'a{x}', true],
    ['^\\x41\\x{42}\\.$', 'AB.', true],
    ['^\\x41\\.$', 'Ax', false],
    ['(?i)^Ab[c-e]$', 'aBD', true],
    ['^(?:ab)*?$', 'abab', true],
    ['^(?<name>x)$', 'x', true],
    ['^(a*)*$', 'aaab', false],
    ['^.$', '\u{1f600}', true],
    ['^a$', 'a\n', false],
    ['\\bfoo\\b', 'a foo b', true],
    ['\\bfoo\\b', 'afoo', false],
  ])('%j on %j is %j', (source, name, expected) => {
    expect(pattern(source).matches(name)).toBe(expected);
  });

  it.each([
    ['(a', 'missing )'],
    ['a)', 'unmatched )'],
    ['[a', 'missing ]'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a++', 'possessive'],
    ['(a)\\1', 'escape'],
    ['(?>a)', 'group'],
    ['(?m)a', 'group'],
    ['[z-a]', 'out of order'],
    ['a{3,2}', 'out of order'],
    ['a{1001}', 'repeat over'],
    ['\\', 'escape'],
    ['(((a{100}){100}){100}){100}', 'too complex'],
    ['('.repeat(65) + ')'.repeat(65), 'nested'],
    ['a'.repeat(9_000), 'longer'],
  ])('refuses %s', (source, why) => {
    const attempt = (): unknown => pattern(source);
    expect(attempt).toThrow(SluiceError);
    expect(attempt).toThrow(why);
  });

  it('agrees with the language’s own engine on random patterns', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b');
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => x + y),
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x}|${y})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{0,2}', '{2}', '+?'))
          .map(([x, q]) => `(?:${x})${q}`),
        fc.tuple(tie('node'), fc.constantFrom('?=', '?!', '?<=', '?<!')).map(([x, q]) => `(${q}${x})`),
      ),
    })).node;
    fc.assert(
      fc.property(
        tree,
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 })),
        (source, names) => {
          const ours = pattern(source);
          const theirs = new RegExp(source, 'u');
          for (const name of names)
            expect(`${name}:${ours.matches(name)}`).toBe(`${name}:${theirs.test(name)}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('does work in proportion to the name where backtracking explodes (abuse case 29)', () => {
    // With backtracking this would take 2^250 steps, so finishing at all is the proof.
    expect(pattern('^(a+)+$').matches(`${'a'.repeat(254)}!`)).toBe(false);
    expect(pattern('^(a|a)*(b|c)$').matches('a'.repeat(255))).toBe(false);
    expect(pattern('^(?!(x+x+)+y)x*$').matches('x'.repeat(255))).toBe(true);
  });
});

describe('variables in a pattern', () => {
  it('are literal text without values', () => {
    expect(pattern('^{username}$').matches('{username}')).toBe(true);
  });

  it.each(['.*', '#', '+', 'a|b', 'a]b', '^', '\\', '(', '{vhost}', '$&'])(
    'never read %j as a pattern (abuse case 12)',
    (user) => {
      const own = pattern(
        '^{username}\\.x$',
        values([
          ['username', user],
          ['vhost', 'v'],
        ]),
      );
      expect(own.matches(`${user}.x`)).toBe(true);
      expect(own.matches('a.x')).toBe(false);
      expect(own.matches('ab.x')).toBe(false);
      expect(own.matches('v.x')).toBe(false);
    },
  );

  it('keep a name whole under a repeat', () => {
    const twice = pattern('^{username}{2}$', values([['username', 'ab']]));
    expect(twice.matches('abab')).toBe(true);
    expect(twice.matches('abb')).toBe(false);
  });

  it('are refused inside brackets, where a name would become a set', () => {
    expect(() => pattern('^[{username}]$', values([['username', 'a-z']]))).toThrow('inside [...]');
  });

  it('keep their case even where the pattern ignores it', () => {
    const own = pattern('(?i)^X-{username}$', values([['username', 'Bob']]));
    expect(own.matches('x-Bob')).toBe(true);
    expect(own.matches('x-bob')).toBe(false);
  });

  it('make the pattern match nothing when they have no value, also under a negation', () => {
    expect(pattern('{client_id}', values([])).matches('{client_id}')).toBe(false);
    expect(pattern('^(?!{client_id}).*$', values([])).matches('x')).toBe(false);
  });
});
