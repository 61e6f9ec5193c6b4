/** The guide to tasks: its snippets, put together, are a program that runs and prints what its comments say. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../support/child.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

const root = join(import.meta.dirname, '../..');
const snippet = /^```js\n(.*?)^```$/gms;

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

it('docs/tasks.md', async () => {
  const guide = await readFile(join(root, 'docs/tasks.md'), 'utf8');
  const snippets = [...guide.matchAll(snippet)].map(([, code]) => code!);
  expect(snippets.length).toBeGreaterThan(10);
  const program = snippets.join('\n').replace("'./data'", JSON.stringify(place.data));
  const { code, stdout, stderr } = await runProgram(process.execPath, ['--input-type=module'], {
    input: program,
    // Where the bare names of packages are found.
    cwd: root,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  for (const line of [
    "[ 'fulfilled', 'fulfilled', 'fulfilled' ]",
    'on its way',
    '{ primes: 168 }',
    'true there is no address',
    '{ seen: 1, redriven: 1 }',
    'TaskCancelled',
    'true',
    '1',
    '[]',
    "[ 'Ada' ]",
    "[ 'Ada', 'Bob' ]",
  ])
    expect(lines).toContain(line);
});
