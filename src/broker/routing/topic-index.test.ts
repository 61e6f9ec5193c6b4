import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import type { HeaderLookup } from './binding-index.js';
import { TopicIndex } from './topic-index.js';
import { patternWords } from './topic-pattern.js';

const noHeaders: HeaderLookup = { get: () => undefined, property: () => undefined };

function indexOf(...patterns: string[]): TopicIndex<string> {
  const index = new TopicIndex<string>();
  for (const pattern of patterns) index.add(pattern, pattern);
  return index;
}

/** What a key routes to, with repetitions. */
function routed(index: TopicIndex<string>, key: string): string[] {
  const found: string[] = [];
  index.route(key, noHeaders, { add: (destination) => found.push(destination) });
  return found.sort();
}

describe('TopicIndex', () => {
  it('matches the patterns of the specification', () => {
    const index = indexOf('*.stock.#', 'usd.stock', '#.db');
    expect(routed(index, 'usd.stock')).toEqual(['*.stock.#', 'usd.stock']);
    expect(routed(index, 'eur.stock.db')).toEqual(['#.db', '*.stock.#']);
    expect(routed(index, 'stock.nasdaq')).toEqual([]);
  });

  it('counts empty words as RabbitMQ does: the empty key has none, a dot makes two', () => {
    const index = indexOf('', '#', '*', '*.*', '*.#', 'a.*', '.', '#.#');
    expect(routed(index, '')).toEqual(['', '#', '#.#']);
    expect(routed(index, '.')).toEqual(['#', '#.#', '*.#', '*.*', '.']);
    expect(routed(index, 'a.')).toEqual(['#', '#.#', '*.#', '*.*', 'a.*']);
    expect(routed(index, 'a')).toEqual(['#', '#.#', '*', '*.#']);
  });

  it('takes wildcards within a word as letters', () => {
    const index = indexOf('a*', '#b', '*.c#');
    expect(routed(index, 'ab')).toEqual([]);
    expect(routed(index, 'a*')).toEqual(['a*']);
    expect(routed(index, 'x.c#')).toEqual(['*.c#']);
  });

  it('gives the destinations of a pattern once, however often the pattern fits', () => {
    expect(routed(indexOf('#.a.#', '#.*.a.#'), 'a.a.a.a')).toEqual(['#.*.a.#', '#.a.#']);
  });

  it('takes names of object members as words', () => {
    const index = indexOf('__proto__.*', 'constructor.#');
    expect(routed(index, '__proto__.x')).toEqual(['__proto__.*']);
    expect(routed(index, 'constructor')).toEqual(['constructor.#']);
    expect(routed(index, 'toString.x')).toEqual([]);
  });

  it('routes through patterns made to explode', () => {
    // Trying each way by itself would take more steps than there are atoms.
    const alternating = Array.from({ length: 50 }, () => '#.a').join('.');
    const anything = Array.from({ length: 127 }, () => '#').join('.');
    const index = indexOf(alternating, `${alternating}.b`, `${alternating}.#.*.#`, anything, `${anything}.z`);
    const letters = (count: number): string => Array.from({ length: count }, () => 'a').join('.');
    expect(routed(index, letters(127))).toEqual([anything, alternating, `${alternating}.#.*.#`].sort());
    expect(routed(index, letters(49))).toEqual([anything]);
    expect(routed(index, `${letters(120)}.b`)).toEqual(
      [anything, `${alternating}.b`, `${alternating}.#.*.#`].sort(),
    );
    for (let round = 0; round < 100; round++) routed(index, letters(120));
  });

  it('keeps no node of a pattern that is gone', () => {
    const random = seededRandom(5);
    const words = ['a', 'b', 'c', '*', '#', ''];
    const patterns = Array.from({ length: 500 }, () =>
      Array.from({ length: 1 + random.integer(6) }, () => words[random.integer(words.length)]!).join('.'),
    );
    const index = indexOf(...patterns);
    const before = index.countPlaces();
    const extra = patterns.map((pattern) => `${pattern}.#.extra`);
    for (const pattern of extra) index.add(pattern, pattern);
    expect(index.countPlaces()).toBeGreaterThan(before);
    for (const pattern of extra) index.remove(pattern, pattern);
    expect(index.countPlaces()).toBe(before);
    for (const pattern of patterns) index.remove(pattern, pattern);
    expect([index.size, index.countPlaces()]).toEqual([0, 0]);
  });
});

describe('patternWords', () => {
  it('writes each run of wildcards in its shortest form', () => {
    expect(patternWords('#.#.a.#.*.#.*.b.#')).toEqual(['#', 'a', '*', '*', '#', 'b', '#']);
    expect(patternWords('')).toEqual([]);
    expect(patternWords('a..#')).toEqual(['a', '', '#']);
  });
});
