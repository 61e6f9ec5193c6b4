import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import { emptyFieldTable, fieldTable } from '../content/index.js';
import { checkBinding, checkExchangeArguments } from './checks.js';

function codeOf(check: () => void): string | undefined {
  try {
    check();
  } catch (thrown) {
    return thrown instanceof SluiceError ? thrown.code : String(thrown);
  }
  return undefined;
}

describe('checkBinding', () => {
  it.each(['1', '10', '007', '+3'])('takes the weight %s', (weight) => {
    expect(
      codeOf(() => {
        checkBinding('x-consistent-hash', weight);
      }),
    ).toBeUndefined();
  });

  it.each(['0', '-1', '', '1.5', 'ten', '1e3', ' 1', '9'.repeat(400)])(
    'refuses the weight "%s"',
    (weight) => {
      expect(
        codeOf(() => {
          checkBinding('x-consistent-hash', weight);
        }),
      ).toBe('precondition-failed');
    },
  );

  it('takes the four values of x-match, or none', () => {
    for (const mode of ['all', 'any', 'all-with-x', 'any-with-x']) {
      expect(
        codeOf(() => {
          checkBinding('headers', '', fieldTable({ 'x-match': mode }));
        }),
      ).toBeUndefined();
    }
    expect(
      codeOf(() => {
        checkBinding('headers', '', emptyFieldTable);
      }),
    ).toBeUndefined();
    for (const mode of ['ALL', 1, null]) {
      expect(
        codeOf(() => {
          checkBinding('headers', '', fieldTable({ 'x-match': mode }));
        }),
      ).toBe('precondition-failed');
    }
    expect(
      codeOf(() => {
        checkBinding('topic', '', fieldTable({ 'x-match': 1 }));
      }),
    ).toBeUndefined();
  });
});

describe('checkExchangeArguments', () => {
  it('takes one thing to hash, of the kinds there are', () => {
    const check = (plain: Parameters<typeof fieldTable>[0]): string | undefined =>
      codeOf(() => {
        checkExchangeArguments('x-consistent-hash', fieldTable(plain));
      });
    expect([{}, { 'hash-header': 'h' }, { 'hash-property': 'timestamp' }].map(check)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const bad = [
      { 'hash-header': 1 },
      { 'hash-property': 'reply_to' },
      { 'hash-header': 'h', 'hash-property': 'timestamp' },
    ];
    expect(bad.map(check)).toEqual(bad.map(() => 'precondition-failed'));
  });
});
