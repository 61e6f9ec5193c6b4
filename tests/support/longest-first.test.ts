import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createVitest } from 'vitest/node';
import { LongestFirst, longestFiles } from './longest-first.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('names files that are there', () => {
  expect(longestFiles.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});

it('puts them first, in their order, and drops nothing', async () => {
  const vitest = await createVitest('test', { root, watch: false });
  try {
    const files = await vitest.globTestSpecifications();
    const sorted = await new LongestFirst(vitest).sort(files.toReversed());
    const paths = sorted.map(({ moduleId }) => moduleId.slice(root.length));
    expect(paths.slice(0, longestFiles.length)).toEqual(longestFiles);
    expect(paths.toSorted()).toEqual(files.map(({ moduleId }) => moduleId.slice(root.length)).toSorted());
  } finally {
    await vitest.close();
  }
});
