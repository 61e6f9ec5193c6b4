import { describe, expect, it } from 'vitest';
import { condensed, sparkline } from './sparkline.js';

describe('a sparkline', () => {
  it('has a bar for each number, and a space for what is unknown', () => {
    expect(sparkline([0, 5, null, 10])).toBe('▁▅ █');
    expect(sparkline([7, 7])).toBe('██');
    expect(sparkline([0, 0])).toBe('▁▁');
    expect(sparkline([])).toBe('');
    expect(sparkline([-4, 0, 4])).toBe('▁▅█');
  });

  it('takes the mean of what does not fit, and leaves gaps', () => {
    expect(condensed([1, 3, null, null, 5, null], 3)).toEqual([2, null, 5]);
    expect(condensed([1, 2], 3)).toEqual([1, 2]);
  });
});
