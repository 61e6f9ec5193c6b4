import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.js';

describe('CSV', () => {
  it('quotes what needs it (RFC 4180)', () => {
    const text = csvOf(
      ['a', 'b'],
      [
        ['x,y', 'say "so"'],
        ['two\nlines', undefined],
      ],
    );
    expect(text).toBe('a,b\r\n"x,y","say ""so"""\r\n"two\nlines",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', ' =1', '＝1'])('makes no formula of %j', (name) => {
    const [, line] = csvOf(['a'], [[name]]).split('\r\n');
    expect(line).toMatch(/^"?'/);
  });

  it('leaves numbers alone', () => {
    expect(csvOf(['a'], [[-5], [1e21]])).toBe('a\r\n-5\r\n1e+21\r\n');
  });
});
