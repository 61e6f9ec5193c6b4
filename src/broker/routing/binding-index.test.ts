import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFieldTable, fieldTable, type FieldTable, type FieldValue } from '../content/index.js';
import type { HeaderLookup, IndexType, RouteTarget } from './binding-index.js';
import { createIndex } from './create-index.js';

interface ModelBinding {
  readonly routingKey: string;
  readonly destination: RouteTarget;
  readonly bindingArguments: FieldTable;
}

interface Message {
  readonly routingKey: string;
  readonly headers: FieldTable;
}

const destinations: readonly RouteTarget[] = Array.from({ length: 40 }, (_, at) => ({
  kind: 'queue',
  name: `q${at}`,
}));

function lookup(headers: FieldTable): HeaderLookup {
  return { get: (name) => headers.get(name), property: () => undefined };
}

function routed(index: ReturnType<typeof createIndex>, { routingKey, headers }: Message): string[] {
  const found = new Set<string>();
  index.route(routingKey, lookup(headers), { add: (destination) => found.add(destination.name) });
  return [...found].sort();
}

/** Plain recursion over split words: right, and exponential for hostile patterns. */
function topicMatches(pattern: readonly string[], key: readonly string[]): boolean {
  const [word, ...rest] = pattern;
  if (word === undefined) return key.length === 0;
  if (word === '#') return topicMatches(rest, key) || (key.length > 0 && topicMatches(pattern, key.slice(1)));
  return key.length > 0 && (word === '*' || word === key[0]) && topicMatches(rest, key.slice(1));
}

function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split('.');
}

/** Compares each argument by itself; the values drawn below are told apart by their JSON. */
function headersMatch(bindingArguments: FieldTable, headers: FieldTable): boolean {
  const mode = JSON.stringify(bindingArguments.get('x-match') ?? 'all');
  const results: boolean[] = [];
  for (const [name, value] of bindingArguments) {
    if (name === 'x-match' || (name.startsWith('x-') && !mode.includes('-with-x'))) continue;
    const header = headers.get(name);
    results.push(
      header !== undefined && (value === null || JSON.stringify(header) === JSON.stringify(value)),
    );
  }
  return mode.includes('any') ? results.includes(true) : !results.includes(false);
}

const matchers: Readonly<
  Record<Exclude<IndexType, 'x-consistent-hash'>, (binding: ModelBinding, message: Message) => boolean>
> = {
  direct: (binding, message) => binding.routingKey === message.routingKey,
  fanout: () => true,
  topic: (binding, message) => topicMatches(wordsOf(binding.routingKey), wordsOf(message.routingKey)),
  headers: (binding, message) => headersMatch(binding.bindingArguments, message.headers),
};

const word = fc.constantFrom('a', 'b', '', 'cc');
const keyText = fc.array(word, { maxLength: 5 }).map((words) => words.join('.'));
const patternText = fc
  .array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 })
  .map((words) => words.join('.'));
const headerValue: fc.Arbitrary<FieldValue> = fc.constantFrom<FieldValue>(
  'text',
  'other',
  true,
  false,
  null,
  Buffer.from('bytes'),
  ...fieldTable({ one: 1, two: 2, half: 1.5, list: [1, 2], table: { a: 1 } }).values(),
);
const headerTable = fc
  .array(fc.tuple(fc.constantFrom('h1', 'h2', 'x-h3', 'constructor'), headerValue), { maxLength: 3 })
  .map((entries): FieldTable => new Map(entries));
const bindingTable = fc
  .tuple(headerTable, fc.constantFrom(undefined, 'all', 'any', 'all-with-x', 'any-with-x'))
  .map(([table, mode]): FieldTable => (mode === undefined ? table : new Map([...table, ['x-match', mode]])));

function argumentsFor(type: IndexType): fc.Arbitrary<FieldTable> {
  return type === 'headers' ? bindingTable : fc.constant(emptyFieldTable);
}

/** Whether a binding is one that an exchange would refuse to hold twice. */
function isSame(left: ModelBinding, right: ModelBinding): boolean {
  const texts = [left, right].map((each) =>
    JSON.stringify([...each.bindingArguments].sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return (
    left.destination === right.destination && left.routingKey === right.routingKey && texts[0] === texts[1]
  );
}

describe.each(Object.keys(matchers) as (keyof typeof matchers)[])('the %s index', (type) => {
  it('routes as matching every binding does, through additions and removals', () => {
    const binding = fc.record({
      routingKey: fc.oneof(patternText, keyText),
      destination: fc.constantFrom(...destinations),
      bindingArguments: argumentsFor(type),
    });
    const step = fc.record({ remove: fc.integer({ min: 0, max: 3 }), pick: fc.nat(), binding });
    const message = fc.record({ routingKey: keyText, headers: headerTable });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(message, { minLength: 1, maxLength: 4 }),
        (steps, messages) => {
          const index = createIndex(type);
          const held: ModelBinding[] = [];
          for (const { remove, pick, binding: added } of steps) {
            if (remove === 0 && held.length > 0) {
              const [gone] = held.splice(pick % held.length, 1);
              index.remove(gone!.routingKey, gone!.destination, gone!.bindingArguments);
            } else if (!held.some((each) => isSame(each, added))) {
              held.push(added);
              index.add(added.routingKey, added.destination, added.bindingArguments);
            }
            expect(index.size).toBe(held.length);
            for (const each of messages) {
              const matching = held.filter((candidate) => matchers[type](candidate, each));
              expect(routed(index, each)).toEqual(
                [...new Set(matching.map(({ destination }) => destination.name))].sort(),
              );
            }
          }
          for (const each of held) index.remove(each.routingKey, each.destination, each.bindingArguments);
          expect([index.size, index.countPlaces()]).toEqual([0, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses to remove what it does not hold', () => {
    const index = createIndex(type);
    index.add('a.#', destinations[0]!);
    expect(() => {
      index.remove('a.#', destinations[1]!);
    }).toThrow('only a');
    expect(() => {
      index.remove('a.#', destinations[0]!, new Map([['h1', 'text']]));
      index.remove('a.#', destinations[0]!);
    }).toThrow('only a');
  });
});
