/** Tasks between Node and Python, as docs/formats/task.md tells and examples/python shows. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../support/child.mjs';
import { requirePython } from './installed.js';

const example = fileURLToPath(new URL('../../examples/python/main.mjs', import.meta.url));

test('Python handles what Node enqueues, retries and gives up; Node handles what Python enqueues', async (context) => {
  await requirePython(context, 'pika');
  const { code, stdout, stderr } = await runProgram(process.execPath, [example]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toEqual([
    "Python counted 5 words, the longest is 'promise'",
    'failed after 3 attempts: there is no text',
    'set aside: summarise, ValueError: there is no text',
    'Node answered "Hello Ada"',
    'Node answered "Hello Bob"',
  ]);
});
