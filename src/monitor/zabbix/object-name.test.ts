/** Names of objects in Zabbix: safe whatever clients call their queues, and never shared. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queueKind, taskKind } from '../index.js';
import { objectId, objectTitle, shownLabel } from './object-name.js';

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 255 }),
  fc.stringMatching(/^[a-z:~/]{0,12}$/),
  fc.constantFrom('/', 'embedded', '', '{$SLUICE.PASSWORD}', '{#QUEUE}', 'a"]', 'a\\', 'a,b', ' a'),
);
const labels = fc.tuple(name, name, name);
const safe = /^[A-Za-z0-9_./@+:~-]+$/;

describe('the name of an object', () => {
  it('is its labels where they are plain, without those that are as usual in the title', () => {
    expect(objectId(['embedded', '/', 'orders'])).toBe('embedded:/:orders');
    expect(objectTitle(queueKind, ['embedded', '/', 'orders'])).toBe('orders');
    expect(objectTitle(queueKind, ['embedded', 'shop', 'orders'])).toBe('shop:orders');
    expect(objectTitle(queueKind, ['rabbit', '/', 'orders'])).toBe('rabbit:/:orders');
    expect(objectTitle(taskKind, ['embedded', 'charge'])).toBe('charge');
  });

  it('holds nothing that Zabbix reads in a key, a path or a macro, and keeps to its length', () => {
    fc.assert(
      fc.property(labels, (each) => {
        expect(objectId(each)).toMatch(safe);
        expect(objectId(each).length).toBeLessThanOrEqual(160);
        expect(objectTitle(queueKind, each)).toMatch(safe);
        expect(objectTitle(queueKind, each).length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it('is of one object alone', () => {
    fc.assert(
      fc.property(labels, labels, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(objectId(one) === objectId(other)).toBe(isSame);
        expect(objectTitle(queueKind, one) === objectTitle(queueKind, other)).toBe(isSame);
      }),
    );
  });

  it('shows labels without braces and control characters', () => {
    expect(shownLabel('{$SLUICE.PASSWORD}\u0000\n\u202e')).toBe('($SLUICE.PASSWORD)???');
    expect(Array.from(shownLabel('😀'.repeat(300)))).toHaveLength(100);
  });
});
