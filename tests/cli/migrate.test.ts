/** `sluice migrate` as it is typed: a dry run, a server as the target, counts, and what is refused. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BullmqPlace, requireRedis } from '../migration/bullmq-jobs.js';
import { makeWorkplace, type Workplace } from './sluice.js';

const unavailable = requireRedis();

describe.skipIf(unavailable !== undefined)('sluice migrate', () => {
  let bullmq: BullmqPlace;
  let place: Workplace;
  beforeAll(async () => {
    bullmq = await BullmqPlace.open();
    place = await makeWorkplace();
    const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
    await mkdir(place.folder, { recursive: true });
    await symlink(packages, join(place.folder, 'node_modules'));
    const queue = bullmq.queue('mail');
    await bullmq.add(queue, [
      ['welcome', { to: 'a' }],
      ['welcome', { to: 'b' }, { delay: 3_600_000, attempts: 4, backoff: 1_000 }],
      ['mail', { to: 'c' }],
    ]);
    await queue.upsertJobScheduler(
      'daily',
      { pattern: '0 3 * * *', tz: 'Europe/Berlin' },
      { name: 'digest' },
    );
  }, 30_000);
  afterAll(async () => {
    await place.close();
    await bullmq.close();
  });

  const migrate = (...words: string[]) => place.sluice(['migrate', '--from', bullmq.url(), ...words]);

  it('counts first, and makes nothing', async () => {
    const { code, stdout, stderr } = await migrate('--dry-run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /mail +waiting +2 +2 +0 +0\nmail +delayed +1 +1 +0 +0\nmail +repeatable +1 +1 +0 +0\n/,
    );
    expect(stdout).toContain(
      "app.task('mail.welcome', { retry: { attempts: 4, backoff: 'fixed', delay: 1000 } }); (would make",
    );
    expect((await place.sluice(['task', 'ls'])).code).toBe(69);
  });

  it('brings everything to a server, and nothing twice', async () => {
    const server = place.up(['--data', place.data]);
    const { ports } = await server.ready;
    const to = `amqp://guest:guest@127.0.0.1:${ports.amqp}`;
    await writeFile(join(place.folder, 'map.json'), '{"mail/welcome": "hello"}');
    const first = await migrate('--to', to, '--task-map', 'map.json', '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const counts = (text: string) =>
      (JSON.parse(text) as { rows: { state: string; brought: number; alreadyThere: number }[] }).rows
        .filter(({ brought, alreadyThere }) => brought + alreadyThere > 0)
        .map(({ state, brought, alreadyThere }) => [state, brought, alreadyThere]);
    expect(counts(first.stdout)).toEqual([
      ['waiting', 2, 0],
      ['delayed', 1, 0],
      ['repeatable', 1, 0],
    ]);
    const again = await migrate('--to', to, '--task-map', 'map.json', '--json');
    expect(counts(again.stdout)).toEqual([
      ['waiting', 0, 2],
      ['delayed', 0, 1],
      ['repeatable', 0, 1],
    ]);
    const list = await place.sluice(['task', 'ls']);
    expect(list.stdout).toMatch(/hello +1 +1 +0 +0 +0 +0/);
    const schedules = await place.sluice(['task', 'schedules']);
    expect(schedules.stdout).toMatch(/mail.digest +mail:daily +0 3 \* \* \* \(Europe\/Berlin\) +\d{4}-/);
    const removed = await place.sluice(['task', 'unschedule', 'mail.digest', 'mail:daily']);
    expect(removed).toMatchObject({ code: 0, stdout: 'Removed schedule mail:daily of mail.digest.\n' });
    expect((await place.sluice(['task', 'unschedule', 'mail.digest', 'mail:daily'])).code).toBe(1);
    await server.end('SIGTERM', 10_000);
  }, 30_000);

  it('says what was left, and ends with 1', async () => {
    const { code, stdout } = await migrate('--queue', 'mail', '--name', '{job}!', '--dry-run');
    expect(code).toBe(1);
    expect(stdout).toContain("Not brought: mail, repeatable: 1: 'digest' makes no name of a task");
  });

  it.each([
    [['--from', 'redis://localhost'], 2, 'the source cannot be read'],
    [['--from', 'bullmq://:secret@localhost?que=a'], 2, "'que' is unknown in the address of a source"],
    [['--from', 'bullmq://:secret@127.0.0.1:1'], 69, 'Redis at 127.0.0.1:1 cannot be reached'],
    [['--from', 'bullmq://localhost', '--active', 'kill'], 2, "argument 'kill' is invalid"],
  ])('refuses %j', async (words, code, message) => {
    const outcome = await place.sluice(['migrate', ...words]);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('secret');
  });
});
