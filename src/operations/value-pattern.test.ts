import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namedPattern, valueTest } from './value-pattern.js';

it.each([
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*a', 'a', false],
  ['*b*b*', 'abab', true],
  ['*b*b*', 'ab', false],
  ['', '', true],
  ['*', '', true],
  ['a.c', 'abc', false],
])('%s and %s: %s', (pattern, value, expected) => {
  expect(valueTest(pattern, false)(value)).toBe(expected);
});

it('says the same as a regular expression does', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((each) => each.join(''));
  const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }).map((each) => each.join(''));
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
      expect(valueTest(pattern, false)(text)).toBe(expected);
    }),
  );
});

it('folds letters, and takes a long hostile pattern in its stride', () => {
  expect(valueTest('ACME*', true)('acme Ltd')).toBe(true);
  expect(valueTest(`${'*a'.repeat(500)}*b`, false)('a'.repeat(100_000))).toBe(false);
});

it('splits a name from its value at the first sign', () => {
  expect(namedPattern('a=b=c')).toEqual({ name: 'a', value: 'b=c' });
  expect(namedPattern('a')).toEqual({ name: 'a', value: undefined });
});
