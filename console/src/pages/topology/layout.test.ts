import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../server/answers.ts';
import { explore, nodesMax, type TopologySource } from './explore.ts';
import { boxHeight, boxWidth, clipped, layoutOf } from './layout.ts';

type Line = readonly [source: string, destination: string, key: string];

/** `q…` is a queue, anything else an exchange. */
function sourceOf(lines: readonly Line[], more: Partial<TopologySource> = {}): TopologySource {
  const bindings = lines.map(([source, destination, routingKey]): Binding => ({
    ...{ vhost: '/', source, destination, routingKey, arguments: {} },
    destinationKind: destination.startsWith('q') ? 'queue' : 'exchange',
  }));
  return {
    bindingsWith: (name) =>
      Promise.resolve(
        bindings.filter(({ source, destination }) => source.includes(name) || destination.includes(name)),
      ),
    deadLetterOf: () => Promise.resolve(undefined),
    alternateOf: () => Promise.resolve(undefined),
    ...more,
  };
}

const q = { kind: 'queue', name: 'q' } as const;
const columnsOf = (graph: Awaited<ReturnType<typeof explore>>) =>
  Object.fromEntries(graph.nodes.map(({ name, column }) => [name, column]));

describe('what leads to a queue', () => {
  it('is found over several exchanges, each once, with the keys of all bindings', async () => {
    const graph = await explore(
      q,
      sourceOf([
        ['a', 'q', 'one'],
        ['a', 'q', 'two'],
        ['b', 'a', ''],
        ['b', 'q', 'x'],
        ['a', 'q-other', 'one'],
      ]),
    );
    expect(columnsOf(graph)).toEqual({ q: 0, a: -1, b: -1 });
    expect(graph.edges.map(({ from, to, keys }) => [from, to, keys])).toContainEqual([
      'exchange\na',
      'queue\nq',
      ['one', 'two'],
    ]);
    expect(graph.leftOut).toBe(0);
  });

  it('ends where exchanges lead to each other in a circle', async () => {
    const graph = await explore(
      q,
      sourceOf([
        ['a', 'q', ''],
        ['b', 'a', ''],
        ['a', 'b', ''],
      ]),
    );
    expect(columnsOf(graph)).toEqual({ q: 0, a: -1, b: -2 });
    expect(graph.edges).toHaveLength(3);
  });

  it('goes on where failed messages go', async () => {
    const more = {
      deadLetterOf: () => Promise.resolve({ exchange: 'dead' }),
      alternateOf: (name: string) => Promise.resolve(name === 'dead' ? 'rest' : undefined),
    };
    const graph = await explore(q, sourceOf([['dead', 'q-dead', '#']], more));
    expect(columnsOf(graph)).toEqual({ q: 0, dead: 1, 'q-dead': 2, rest: 2 });
    const direct = { deadLetterOf: () => Promise.resolve({ exchange: '', key: 'q-dead' }) };
    expect(columnsOf(await explore(q, sourceOf([], direct)))).toEqual({ q: 0, 'q-dead': 1 });
  });

  it('says how much is left out of a picture that would be too large', async () => {
    const lines = Array.from({ length: 100 }, (_, index): Line => [`e${index}`, 'q', '']);
    const graph = await explore(q, sourceOf(lines));
    expect(graph.nodes).toHaveLength(nodesMax);
    expect(graph.leftOut).toBe(101 - nodesMax);
  });
});

describe('the picture', () => {
  it('has no two boxes upon each other, and all of them within it', async () => {
    const name = fc.integer({ min: 0, max: 8 });
    const line = fc.tuple(
      name.map((index) => `e${index}`),
      fc.tuple(fc.constantFrom('e', 'q'), name).map(([kind, index]) => `${kind}${index}`),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('e0', 'q0'),
        async (lines, start) => {
          const kind = start === 'e0' ? 'exchange' : 'queue';
          const picture = layoutOf(await explore({ kind, name: start }, sourceOf(lines)));
          for (const [index, one] of picture.nodes.entries()) {
            expect(one.x).toBeGreaterThanOrEqual(0);
            expect(one.y).toBeGreaterThanOrEqual(0);
            expect(one.x + boxWidth).toBeLessThanOrEqual(picture.width);
            expect(one.y + boxHeight).toBeLessThanOrEqual(picture.height);
            for (const other of picture.nodes.slice(0, index))
              expect(Math.abs(one.x - other.x) >= boxWidth || Math.abs(one.y - other.y) >= boxHeight).toBe(
                true,
              );
          }
          expect(JSON.stringify(picture.edges)).not.toContain('NaN');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('cuts names by how wide they are', () => {
    expect(clipped('short')).toBe('short');
    expect(clipped('a'.repeat(30))).toBe(`${'a'.repeat(17)}…`);
    expect(clipped('队'.repeat(30))).toBe(`${'队'.repeat(8)}…`);
  });
});
