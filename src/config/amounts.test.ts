import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, parseBytes, parseDurationMs } from './amounts.js';

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['64KiB', 65_536],
    ['1.5 GB', 1_500_000_000],
    ['2gib', 2_147_483_648],
    [' 1 TiB ', 1_099_511_627_776],
  ])('reads %j', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(['', '-1', '1e9', '10 parsecs', 'MiB', '1.2.3MiB', '99999999999 TiB', '5m'])(
    'refuses %j',
    (text) => {
      expect(parseBytes(text)).toBeUndefined();
    },
  );
});

describe('parseDurationMs', () => {
  it.each([
    ['250', 250],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['2 d', 172_800_000],
  ])('reads %j', (text, durationMs) => {
    expect(parseDurationMs(text)).toBe(durationMs);
  });

  it('does not take a size for a duration', () => {
    expect(parseDurationMs('5MiB')).toBeUndefined();
  });
});

describe('amounts for people', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1536, '1.5 KiB'],
    [2 ** 30, '1 GiB'],
    [250 * 2 ** 20, '250 MiB'],
  ])('writes %d bytes', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [12, '12 ms'],
    [1_500, '1.5 s'],
    [200_000, '3 min 20 s'],
    [86_400_000, '1 d'],
    [90_061_000, '1 d 1 h'],
  ])('writes %d ms', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
