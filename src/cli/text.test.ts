import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { errorCodes } from '../kernel/index.js';
import { bodyText } from './message-text.js';
import { duration, pairs, wholeNumber } from './option-values.js';
import type { Output } from './shell.js';
import { formatTable } from './table.js';
import { severalLines, shortened, singleLine } from './text.js';

const plain: Output = {
  write: () => Promise.resolve(),
  isTerminal: false,
  hasColour: false,
  columns: 80,
};

describe('text for a terminal', () => {
  it.each([
    ['\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a\r\nb', 'a\\r\\nb'],
    ['\u009b31m', '\\u009b31m'],
    ['\u202eevil', '\\u202eevil'],
    ['Grüße 世界 👋', 'Grüße 世界 👋'],
  ])('%j', (text, shown) => {
    expect(singleLine(text)).toBe(shown);
  });

  it('keeps line breaks and tabs of a body, and nothing else', () => {
    expect(severalLines('a\n\tb\r\u0007')).toBe('a\n\tb\\r\\u0007');
  });

  it('is cut with an ellipsis', () => {
    expect(shortened('abcdef', 4)).toBe('abc…');
    expect(shortened('abcd', 4)).toBe('abcd');
  });

  it('shows a body that is not text in base64', () => {
    expect(bodyText(Buffer.from([0xff, 0xfe]))).toBe('(2 bytes that are not text; in base64: //4=)');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'name', of: (row: { name: string; count: number }) => row.name },
    { title: 'count', of: (row: { count: number }) => row.count, align: 'right' as const },
  ];

  it('align, without frames and without colours', async () => {
    const rows = [
      { name: 'a', count: 1 },
      { name: '世界', count: 1_000 },
      { name: '', count: 0 },
    ];
    expect(await formatTable(plain, columns, rows)).toBe(
      'NAME  COUNT\na         1\n世界   1000\n""        0\n',
    );
  });

  it('keep a row on its line, whatever its name', async () => {
    const text = await formatTable(plain, columns, [{ name: 'a\nb\u001b[31m', count: 1 }]);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toContain('\u001b');
  });

  it('are bold above only where colours are wanted', async () => {
    expect(await formatTable({ ...plain, hasColour: true }, columns, [])).toContain('\u001b[1m');
  });
});

describe('option values', () => {
  it('are numbers within bounds', () => {
    expect(wholeNumber(1, 5)('5')).toBe(5);
    for (const text of ['0', '6', '-1', '1.5', '1e1', '']) {
      expect(() => wholeNumber(1, 5)(text)).toThrow();
    }
  });

  it('are durations', () => {
    expect(duration('5s')).toBe(5_000);
    expect(() => duration('5 parsecs')).toThrow();
  });

  it('are pairs, JSON where they are JSON, text after :=', () => {
    const given = [
      'x-max-length=10',
      'x-match:=10',
      'flag=true',
      'name=a=b',
      'list=[1,2]',
      'empty=',
      'q="s"',
    ];
    expect(given.reduce((before, text) => pairs(text, before), {})).toEqual({
      'x-max-length': 10,
      'x-match': '10',
      flag: true,
      name: 'a=b',
      list: [1, 2],
      empty: '',
      q: '"s"',
    });
    expect(() => pairs('novalue')).toThrow();
  });
});

describe('exit codes', () => {
  it('tell the failures that scripts match on', () => {
    expect(exitCodeOf('directory-owned')).toBe(73);
    expect(exitCodeOf('port-taken')).toBe(73);
    expect(exitCodeOf('disk-failed')).toBe(74);
    expect(exitCodeOf('config-invalid')).toBe(2);
    expect(exitCodeOf('journal-damaged')).toBe(65);
  });

  it('are never 0 for an error', () => {
    for (const code of errorCodes) expect(exitCodeOf(code)).not.toBe(exitCodes.ok);
  });
});
