/** Every example runs, and prints what it says. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { python, requirePython } from '../interop/installed.js';
import { runProgram } from '../support/child.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

const examples = join(import.meta.dirname, '../../examples');

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

async function output(command: string, name: string, parameter: string): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(command, [join(examples, name), parameter]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

describe('on a directory', () => {
  it('first.js uses the task API from end to end', async () => {
    const lines = await output('node', 'first.js', '');
    // Which attempt fails when, and the jitter, are left to chance; a report runs if it is two in Shanghai.
    expect(
      lines.filter((line) => !line.startsWith('attempt 1 failed') && !line.startsWith('a report')),
    ).toEqual([
      'once more gives the same task: true',
      expect.stringMatching(/^(waiting|delayed)/),
      "result: { paid: '12.5 for A1' }",
      'cancel: cancelled',
      'gathered: 1 for B1, 2 for B2, 3 for B3',
      'rolled up',
      'all deadlines can be met: true',
    ]);
    expect(lines.filter((line) => line.startsWith('attempt 1 failed'))).toHaveLength(5);
  });

  it('embedded.mjs counts on', async () => {
    const sent = 'sent: it is on disk';
    expect(await output('node', 'embedded.mjs', place.data)).toEqual([sent, 'visits so far: 1']);
    expect(await output('node', 'embedded.mjs', place.data)).toEqual([sent, 'visits so far: 2']);
  });

  it('ordered-by-key.mjs keeps the order of each key', async () => {
    const lines = await output('node', 'ordered-by-key.mjs', place.data);
    for (const key of ['ada', 'bob', 'cyd']) {
      expect(lines.filter((line) => line.startsWith(key))).toEqual(
        [1, 2, 3].map((step) => `${key}: step ${step}`),
      );
    }
  });

  it('threads/main.mjs computes off the event loop, and is stopped', async () => {
    expect(await output('node', 'threads/main.mjs', place.data)).toEqual([
      'primes: 9592, 17984, 25997',
      'the event loop was free meanwhile: true',
      'the endless one: was cancelled: enough',
    ]);
  });

  it('retries.mjs sets a message aside after three attempts', async () => {
    const lines = await output('node', 'retries.mjs', place.data);
    expect(lines).toEqual([
      ...[1, 2, 3].map((attempt) => `attempt ${attempt}: it does not work`),
      expect.stringMatching(/^set aside in .+: impossible$/) as string,
    ]);
  });
});

describe('with pika', () => {
  it('hello.py and deadline-order.py', async (context) => {
    await requirePython(context, 'pika');
    const { ports } = await place.up().ready;
    expect(await output(python, 'hello.py', String(ports.amqp))).toEqual([
      'published: it is on disk',
      'received: Hello World!',
    ]);
    expect(await output(python, 'deadline-order.py', String(ports.amqp))).toEqual([
      'in a second',
      'in ten seconds',
      'in a minute',
    ]);
  });
});

it('no example is left out of the tests', async () => {
  const names = (await readdir(examples)).filter((name) => name !== 'README.md').sort();
  expect(names).toEqual([
    'data-processing', // example-uses.test.ts
    'deadline-order.py',
    'embedded.mjs',
    'first.js',
    'hello.py',
    'microservices', // example-uses.test.ts
    'notifications', // example-notifications.test.ts
    'ordered-by-key.mjs',
    'python', // tests/interop/tasks.test.ts
    'retries.mjs',
    'tasks.yaml', // analyze.test.ts
    'threads',
  ]);
});
