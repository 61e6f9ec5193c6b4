/** The body of a commit, byte by byte, and what is no such body. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.js';
import { commitStepsMax, readCommit } from './commit-body.js';

const acknowledge = '01 0000000000000007';
const plainPut = '02 00 0001 61 00000003 6f6e65';
const timedPut = '02 05 00000000000003e8 000000000000002a 0001 62 00000000';
const send = '03 00 01 71 00000002 0000 00000002 6869';

function bytes(...steps: readonly string[]): Buffer {
  return Buffer.from(steps.join('').replaceAll(' ', ''), 'hex');
}

describe('the body of a commit', () => {
  it('is a row of steps', () => {
    const body = bytes(acknowledge, plainPut, timedPut, send);
    const { tags, puts, sends } = readCommit(body);
    expect(tags).toEqual([7]);
    expect(puts).toEqual([
      { key: 'a', value: Buffer.from('one'), ttlMs: undefined, expected: undefined },
      { key: 'b', value: Buffer.alloc(0), ttlMs: 1_000, expected: 42 },
    ]);
    const [first] = sends;
    expect(first).toMatchObject({ exchange: '', routingKey: 'q' });
    expect(body.subarray(first!.routeStart, first!.routeEnd)).toEqual(bytes('00 01 71'));
    expect(body.subarray(first!.propertiesStart, first!.propertiesEnd)).toEqual(bytes('0000'));
    expect(body.toString('utf8', first!.bodyStart, first!.bodyEnd)).toBe('hi');
    expect(readCommit(bytes('02 02 0001 61 00000000')).puts[0]!.expected).toBe('absent');
    expect(readCommit(Buffer.alloc(0))).toEqual({ tags: [], puts: [], sends: [] });
  });

  it('is refused where it ends in the middle of a step', () => {
    for (const step of [acknowledge, plainPut, timedPut, send]) {
      const whole = bytes(step);
      for (let length = 1; length < whole.length; length++)
        expect(() => readCommit(whole.subarray(0, length))).toThrow(
          expect.objectContaining({ code: 'bad-input' }),
        );
    }
  });

  it('is refused for an unknown step, flags that contradict, a number that is not exact', () => {
    for (const wrong of ['00', '04 00', '02 06 0000', '02 08 0000', 'ff', '01 0020000000000000'])
      expect(() => readCommit(bytes(wrong))).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  it('has an end', () => {
    const row = Buffer.concat(Array.from({ length: commitStepsMax }, () => bytes(acknowledge)));
    expect(readCommit(row).tags).toHaveLength(commitStepsMax);
    expect(() => readCommit(Buffer.concat([row, bytes(acknowledge)]))).toThrow(
      expect.objectContaining({ code: 'limit-reached' }),
    );
  });

  it('is read or refused, whatever its bytes', () => {
    const seed = 20_261_122;
    const random = seededRandom(seed);
    const whole = bytes(acknowledge, plainPut, timedPut, send);
    let refused = 0;
    for (let round = 0; round < 5_000; round++) {
      const body = Buffer.from(whole);
      for (let flips = 0; flips < 3; flips++)
        body[Math.floor(random.next() * body.length)] = Math.floor(random.next() * 256);
      try {
        readCommit(body);
      } catch (error) {
        expect(error, `seed ${seed}`).toMatchObject({ code: 'bad-input' });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});
