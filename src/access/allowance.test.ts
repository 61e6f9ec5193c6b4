/** Allowances refill with time and are remembered for a bounded number of keys (abuse case 23). */
import { describe, expect, it } from 'vitest';
import { Allowance } from './allowance.js';
import { isLoopback, sourceOf } from './peer-address.js';
import { RecentMap } from './recent-map.js';

describe('an allowance', () => {
  it('is used up, refills evenly, and never holds more than its maximum', () => {
    const allowance = new Allowance(2, 1_000, 16);
    const take = (atMs: number): boolean => allowance.take('a', atMs);
    expect([take(0), take(0), take(0), take(499)]).toEqual([true, true, false, false]);
    expect([take(500), take(500)]).toEqual([true, false]);
    expect([take(60_000), take(60_000), take(60_000)]).toEqual([true, true, false]);
    expect(allowance.take('b', 60_000)).toBe(true);
  });

  it('takes back what was given for nothing', () => {
    const allowance = new Allowance(1, 1_000, 16);
    expect(allowance.take('a', 0)).toBe(true);
    allowance.giveBack('a', 0);
    allowance.giveBack('a', 0);
    expect([allowance.take('a', 0), allowance.take('a', 0)]).toEqual([true, false]);
  });
});

describe('a recent map', () => {
  it('holds no more than two generations, whatever is put in', () => {
    const map = new RecentMap<string, number>(100);
    for (let i = 0; i < 10_000; i++) {
      map.set(`key ${i}`, i);
      expect(map.size).toBeLessThanOrEqual(200);
    }
    expect(map.get('key 9999')).toBe(9_999);
    expect(map.get('key 0')).toBeUndefined();
  });

  it('keeps what is used', () => {
    const map = new RecentMap<string, number>(10);
    map.set('used', 1);
    for (let i = 0; i < 1_000; i++) {
      map.set(`key ${i}`, i);
      expect(map.get('used')).toBe(1);
    }
  });
});

describe('a source', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['not an address', 'not an address'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, expected) => {
    expect(sourceOf(address)).toBe(expected);
  });

  it('is not loopback for looking like it', () => {
    expect(isLoopback('::ffff:127.0.0.1.10.0.0.1')).toBe(false);
    expect(isLoopback('localhost')).toBe(false);
  });
});
