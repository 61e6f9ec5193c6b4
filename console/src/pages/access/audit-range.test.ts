import { expect, it } from 'vitest';
import { auditEvents } from '../../../../src/access/index.js';
import { eventGroups, rangeMs } from './audit-range.ts';
import { chinese, english } from './event-texts.ts';

it.each([
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['', undefined],
  ['7x', undefined],
  ['-1h', undefined],
  ['constructor', undefined],
])('reads the range %s', (text, ms) => {
  expect(rangeMs(text)).toBe(ms);
});

it('offers events that the server records, each once', () => {
  const offered = Object.values(eventGroups).flat();
  expect(offered.filter((event) => !auditEvents.includes(event))).toEqual([]);
  expect(new Set(offered).size).toBe(offered.length);
});

it('has words for every event, in both languages', () => {
  expect(Object.keys(english).sort()).toEqual([...auditEvents].sort());
  expect(Object.keys(chinese).sort()).toEqual([...auditEvents].sort());
});
