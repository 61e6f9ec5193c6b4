/** The record commands: on a directory that nobody owns, on one that a server owns, and over AMQP on that server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild } from '../support/child.mjs';
import { launcher, makeWorkplace, type Outcome, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
});

afterAll(() => place.close());

const settings = [
  {
    name: 'on a directory that nobody owns',
    start: async (): Promise<string[]> => {
      const server = place.up(['--data', 'left']);
      process.kill((await server.ready).pid, 'SIGTERM');
      await server.exited;
      return ['--data', 'left'];
    },
  },
  {
    name: 'on a directory that a server owns',
    start: async (): Promise<string[]> => {
      await place.up(['--data', 'owned']).ready;
      return ['--data', 'owned'];
    },
  },
  {
    name: 'over AMQP',
    start: async (): Promise<string[]> => {
      const { ports } = await place.up(['--data', 'served']).ready;
      return ['--engine', `amqp://guest:guest@127.0.0.1:${ports.amqp}`];
    },
  },
];

const run = (...words: string[]): Promise<Outcome> => place.sluice(['record', ...words]);

describe.each(settings)('sluice record $name', ({ start }) => {
  let words: string[];

  beforeAll(async () => {
    words = await start();
  });

  it('puts, gets, lists and deletes, and leaves alone what is not as expected', async () => {
    expect(await run('get', 'colour', ...words)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: "sluice: there is no record 'colour'\n",
    });
    const first = await run('put', 'colour', 'red', '--if-absent', '--json', ...words);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const { version } = JSON.parse(first.stdout) as { version: number };
    expect(await run('get', 'colour', ...words)).toMatchObject({ code: 0, stdout: 'red\n' });
    expect(await run('put', 'colour', 'blue', '--if-absent', ...words)).toMatchObject({
      code: 1,
      stderr: `sluice: the record 'colour' was not changed: it has version ${version}\n`,
    });
    const second = await run(
      'put',
      'colour',
      'green',
      '--if-version',
      String(version),
      '--ttl',
      '1h',
      ...words,
    );
    expect(second.stdout).toMatch(/^Wrote colour, version \d+\.\n$/);
    const listed = JSON.parse((await run('ls', 'col', '--json', ...words)).stdout) as unknown[];
    expect(listed).toEqual([expect.objectContaining({ key: 'colour', value: 'green' })]);
    expect(listed[0]).toHaveProperty('expires');
    expect((await run('delete', 'colour', '--if-version', String(version), ...words)).code).toBe(1);
    expect(await run('delete', 'colour', ...words)).toMatchObject({ code: 0, stdout: 'Deleted colour.\n' });
    expect((await run('ls', 'col', ...words)).stdout).toBe('There is no record.\n');
    // A process for each command.
  }, 120_000);

  it('watches what others change, where others can', async () => {
    if (words.includes('left')) return;
    const flags = ['record', 'watch', 'w.', '--count', '2', '--json', ...words];
    const watcher = startChild(process.execPath, [launcher, ...flags], { cwd: place.folder });
    const line = (wanted: string): Promise<string> =>
      watcher.line((text) => (text.includes(wanted) ? text : undefined), 30_000);
    const written = line('"w.a"');
    await line('Watching');
    const gone = line('"gone"');
    await run('put', 'w.a', 'one', ...words);
    expect(JSON.parse(await written)).toMatchObject({ key: 'w.a', value: 'one' });
    await run('put', 'other', 'two', ...words);
    await run('delete', 'w.a', ...words);
    expect(JSON.parse(await gone)).toEqual({ key: 'w.a', gone: true });
    expect(await watcher.exited).toMatchObject({ code: 0 });
  }, 120_000);
});

it('refuses options that contradict each other, and an absent directory', async () => {
  const both = ['put', 'k', 'v', '--if-absent', '--if-version', '1', '--data', 'left'];
  expect((await run(...both)).code).toBe(2);
  expect((await run('ls', '--data', 'nowhere')).code).toBe(69);
});
