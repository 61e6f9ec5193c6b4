import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { ShortMemory } from './short-memory.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('answers kept for a moment', () => {
  it('are asked for once, by whoever asks meanwhile and shortly after, and then anew', async () => {
    const clock = new FakeClock();
    const memory = new ShortMemory(clock);
    let asked = 0;
    const ask = (): Promise<number> => Promise.resolve(++asked);
    expect(await Promise.all([memory.ask('a', ask), memory.ask('a', ask)])).toEqual([1, 1]);
    clock.advance(2_900);
    expect(await memory.ask('a', ask)).toBe(1);
    expect(await memory.ask('b', ask)).toBe(2);
    clock.advance(200);
    expect(await memory.ask('a', ask)).toBe(3);
  });

  it('are not kept where asking failed', async () => {
    const memory = new ShortMemory(new FakeClock());
    await expect(memory.ask('a', () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    await turn();
    expect(await memory.ask('a', () => Promise.resolve('yes'))).toBe('yes');
  });

  it('are bounded in number, and the others are asked for each time', async () => {
    const memory = new ShortMemory(new FakeClock());
    for (let index = 0; index < 16; index++)
      await memory.ask(`question ${index}`, () => Promise.resolve(index));
    expect(await memory.ask('one more', () => Promise.resolve('first'))).toBe('first');
    expect(await memory.ask('one more', () => Promise.resolve('second'))).toBe('second');
    expect(await memory.ask('question 3', () => Promise.resolve(-1))).toBe(3);
  });
});
