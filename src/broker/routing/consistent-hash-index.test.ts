import { describe, expect, it } from 'vitest';
import { emptyFieldTable, fieldTable, type FieldTable } from '../content/index.js';
import type { HeaderLookup, RouteTarget } from './binding-index.js';
import { ConsistentHashIndex } from './consistent-hash-index.js';

const noHeaders: HeaderLookup = { get: () => undefined, property: () => undefined };
const keys = Array.from({ length: 20_000 }, (_, at) => `customer-${at}`);

function queue(name: string): RouteTarget {
  return { kind: 'queue', name };
}

function indexOf(
  weights: Readonly<Record<string, string>>,
  exchangeArguments: FieldTable = emptyFieldTable,
): ConsistentHashIndex<RouteTarget> {
  const index = new ConsistentHashIndex<RouteTarget>(exchangeArguments);
  for (const [name, weight] of Object.entries(weights)) index.add(weight, queue(name));
  return index;
}

/** The one destination of a message. */
function target(
  index: ConsistentHashIndex<RouteTarget>,
  key: string,
  headers: HeaderLookup = noHeaders,
): string {
  let found = '';
  index.route(key, headers, { add: ({ name }) => (found += name) });
  return found;
}

function targets(index: ConsistentHashIndex<RouteTarget>): string[] {
  return keys.map((key) => target(index, key));
}

describe('ConsistentHashIndex', () => {
  it.each([
    { a: '1', b: '1', c: '1', d: '1' },
    { a: '10', b: '10', c: '20', d: '20' },
    { a: '1', b: '1000000000' },
  ])('shares values out in proportion to the weights %o', (weights) => {
    const counts = new Map<string, number>();
    for (const name of targets(indexOf(weights))) counts.set(name, (counts.get(name) ?? 0) + 1);
    const total = Object.values(weights).reduce((sum, weight) => sum + Number(weight), 0);
    for (const [name, weight] of Object.entries(weights)) {
      const expected = (keys.length * Number(weight)) / total;
      // Four standard deviations of a binomial count, and one.
      expect(Math.abs((counts.get(name) ?? 0) - expected)).toBeLessThan(4 * Math.sqrt(expected) + 1);
    }
  });

  it('moves values only to a destination that joins, and only from one that leaves', () => {
    const index = indexOf({ a: '1', b: '1', c: '1' });
    const before = targets(index);
    const joined = queue('d');
    index.add('2', joined);
    const during = targets(index);
    expect(during.filter((name, at) => name !== 'd' && name !== before[at])).toEqual([]);
    expect(during.filter((name) => name === 'd').length).toBeGreaterThan(keys.length / 4);
    index.remove('2', joined);
    expect(targets(index)).toEqual(before);
  });

  it('depends on names and weights, not on the order of bindings', () => {
    const forward = indexOf({ a: '1', b: '3', c: '2' });
    const backward = indexOf({ c: '2', b: '3', a: '1' });
    expect(targets(forward)).toEqual(targets(backward));
  });

  it('never changes where a value goes', () => {
    const even = indexOf({ a: '1', b: '1', c: '1' });
    const weighted = indexOf({ a: '1', b: '2', c: '3' });
    const sample = keys.slice(0, 12);
    expect(sample.map((key) => target(even, key)).join('')).toBe('aacbcababcac');
    expect(sample.map((key) => target(weighted, key)).join('')).toBe('bacbcbbbbcbc');
  });

  it('gives a destination bound twice the weight of its older binding', () => {
    const index = new ConsistentHashIndex<RouteTarget>(emptyFieldTable);
    const [a, b] = [queue('a'), queue('b')];
    index.add('1', a);
    index.add('1', b);
    const before = targets(index);
    index.add('50', a);
    expect(index.size).toBe(3);
    expect(targets(index)).toEqual(before);
    index.remove('1', a);
    expect(targets(index).filter((name) => name === 'a').length).toBeGreaterThan(keys.length * 0.95);
    expect(() => {
      index.remove('1', a);
    }).toThrow('only a held binding');
  });

  it('hashes a header or a property where the exchange says so; without it, one destination gets all', () => {
    const weights = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`q${at}`, '1']));
    const byHeader = indexOf(weights, fieldTable({ 'hash-header': 'tenant' }));
    const byProperty = indexOf(weights, fieldTable({ 'hash-property': 'message_id' }));
    const plain = indexOf(weights);
    for (const key of keys.slice(0, 200)) {
      const expected = target(plain, key);
      const headers = { ...noHeaders, get: (name: string) => (name === 'tenant' ? key : undefined) };
      const properties = {
        ...noHeaders,
        property: (name: string) => (name === 'message_id' ? key : undefined),
      };
      expect(target(byHeader, 'other', headers)).toBe(expected);
      expect(target(byProperty, 'other', properties)).toBe(expected);
    }
    expect(new Set(keys.map((key) => target(byHeader, key))).size).toBe(1);
    expect(new Set(keys.map((key) => target(byProperty, key))).size).toBe(1);
  });

  it('routes nowhere without bindings', () => {
    const found: RouteTarget[] = [];
    indexOf({}).route('a', noHeaders, { add: (destination) => found.push(destination) });
    expect(found).toEqual([]);
  });
});
