/** The task commands: on a directory that nobody owns, on one that a server owns, and over AMQP on that server. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type App } from '../../src/index.js';
import { makeWorkplace, type Outcome, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
});

afterAll(() => place.close());

function succeeded({ code, stdout, stderr }: Outcome): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const task = async (...words: string[]): Promise<string> => succeeded(await place.sluice(['task', ...words]));

interface Setting {
  readonly name: string;
  /** Starts what the commands need; gives the engine that a program opens, and the words that lead there. */
  readonly start: () => Promise<{ readonly engine: string; readonly words: readonly string[] }>;
}

const inFolder = (data: string): string => join(place.folder, data);

const settings: readonly Setting[] = [
  {
    name: 'on a directory that nobody owns',
    start: () => Promise.resolve({ engine: place.data, words: [] }),
  },
  {
    name: 'on a directory that a server owns',
    start: async () => {
      await place.up(['--data', 'owned']).ready;
      return { engine: inFolder('owned'), words: ['--data', 'owned'] };
    },
  },
  {
    name: 'over AMQP',
    start: async () => {
      const { ports } = await place.up(['--data', 'served']).ready;
      const engine = `amqp://guest:guest@127.0.0.1:${ports.amqp}`;
      return { engine, words: ['--engine', engine] };
    },
  },
];

/** Tasks in every state: one waits, one is delayed, one is held, one is dead. */
async function fill(app: App): Promise<Record<'waiting' | 'delayed' | 'held' | 'dead', string>> {
  const mail = app.task('mail', {
    key: (to: string) => to,
    retry: { attempts: 1 },
    run: () => {
      throw new RangeError('no such address');
    },
  });
  const dead = await mail.enqueue('bad');
  const worker = app.worker({ tasks: [mail] });
  await dead.result().catch(() => undefined);
  await worker.close();
  const waiting = await mail.enqueue('one');
  const held = await mail.enqueue('one');
  const delayed = await mail.enqueue('two', { delay: '1h' });
  return { waiting: waiting.id, delayed: delayed.id, held: held.id, dead: dead.id };
}

describe('sluice task', () => {
  it('refuses a directory that is not there, and makes none', async () => {
    const outcome = await place.sluice(['task', 'ls', '--data', 'nowhere']);
    expect(outcome).toMatchObject({ code: 69, stderr: 'sluice: There is no engine in ./nowhere.\n' });
    expect((await place.sluice(['task', 'ls', '--data', 'nowhere'])).code).toBe(69);
  });

  it.each(settings)(
    'lists, shows, explains, enqueues, cancels and retries $name',
    async ({ start }) => {
      const { engine, words } = await start();
      const task = async (...rest: string[]): Promise<string> =>
        succeeded(await place.sluice(['task', ...rest, ...words]));
      const app = await open({ engine });
      const ids = await fill(app);
      await app.close();
      expect(await task('ls')).toMatch(/mail +1 +1 +1 +0 +1 +0/);
      const rows = JSON.parse(await task('ls', 'mail', '--json')) as { taskId: string; state: string }[];
      expect(rows.map(({ taskId, state }) => [state, taskId])).toEqual([
        ['waiting', ids.waiting],
        ['held', ids.held],
        ['delayed', ids.delayed],
      ]);
      expect(await task('why', ids.held)).toBe(
        `waiting: key one is busy (task ${ids.waiting}, first in line)\n`,
      );
      expect(JSON.parse(await task('why', ids.waiting, '--json'))).toMatchObject({ kind: 'no-worker' });
      expect(await task('show', ids.dead)).toContain('no such address');
      expect(JSON.parse(await task('show', ids.delayed, '--json'))).toMatchObject({
        ...{ kind: 'delayed', message: { queue: 'sluice.tasks.mail', payload: 'two' } },
      });
      const unknown = await place.sluice(['task', 'show', 'nobody', ...words]);
      expect(unknown).toMatchObject({ code: 1, stdout: '' });
      const id = (await task('enqueue', 'mail', '"three"', '--delay', '5m')).trim();
      expect(await task('cancel', id, '--reason', 'changed')).toBe(`Cancelled ${id}.\n`);
      expect(await task('why', id)).toMatch(/^cancelled at .*: changed\n$/);
      expect(await task('retry', ids.delayed)).toBe(`Its delay has ended: ${ids.delayed}.\n`);
      expect((await place.sluice(['task', 'enqueue', 'mail', '{', ...words])).code).toBe(2);
      const nameless = await place.sluice(['task', 'enqueue', 'other', '1', ...words]);
      expect(nameless).toMatchObject({
        code: 1,
        stderr: "sluice: there is no task 'other': nobody has declared it here (see: sluice task list)\n",
      });
      expect(await task('dead', 'mail')).toMatch(/RangeError +no such address/);
      const dryRun = ['redrive', 'mail', '--where-reason', 'address', '--dry-run'];
      expect(await task(...dryRun)).toBe('Would send back 1 of 1 dead tasks of mail.\n');
      expect(await task('redrive', 'mail', '--where-reason', 'other')).toBe(
        'Sent back 0 of 1 dead tasks of mail.\n',
      );
      expect(await task('retry', ids.dead)).toBe(`Sent back ${ids.dead}.\n`);
      expect(await task('dead', 'mail')).toBe('No task of mail is dead.\n');
      // A process for each command.
    },
    120_000,
  );

  it('attaches to whoever owns the directory', async () => {
    const app = await open({ engine: place.data });
    const stops: (() => Promise<void>)[] = [() => app.close()];
    try {
      const running = app.task('long', {
        run: (_: unknown, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new RangeError('stopped'));
            });
          }),
      });
      const handle = await running.enqueue(null);
      const worker = app.worker({ tasks: [running] });
      stops.unshift(() => worker.close({ abort: true }));
      await worker.ready;
      await expect.poll(async () => (await handle.why()).kind, { timeout: 30_000 }).toBe('running');
      expect(await task('why', handle.id)).toMatch(/^running by embedded: attempt 1, for /);
      expect(await task('ls')).toMatch(/long +0 +0 +0 +1 +0 +1/);
      expect(await task('workers')).toMatch(new RegExp(`embedded +long +${handle.id} +20`));
      expect(JSON.parse(await task('workers', '--json'))).toMatchObject({
        running: [{ taskId: handle.id, worker: 'embedded' }],
      });
      const waiting = await app.task('later', {}).enqueue(1, { delay: '1h' });
      expect(await task('cancel', waiting.id)).toBe(`Cancelled ${waiting.id}.\n`);
      expect(await waiting.outcome()).toMatchObject({ state: 'cancelled' });
    } finally {
      for (const stop of stops) await stop();
    }
  });
});
