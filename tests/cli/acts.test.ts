/** What the command line does to a running server stands in the audit log, and the report tells it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/alerts/index.js';
import { open } from '../../src/index.js';
import { encodeKeptSchedule, keptScheduleKey } from '../../src/tasks/index.js';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
  await writeFile(join(place.folder, 'sluice.yaml'), 'access: { audit: { coalesceMs: 0 } }\n');
  await place.up(['--config', 'sluice.yaml', '--data', place.data]).ready;
}, 60_000);

afterAll(() => place.close());

async function run(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await place.sluice(words);
  expect({ code, stderr }, words.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
}

interface Told {
  readonly event: string;
  readonly subject: string;
  readonly source: string;
  readonly outcome: string;
}

/** Newest first. */
async function told(event: string): Promise<readonly Told[]> {
  const lines = (await run('audit', 'list', '--event', event, '--json')).trim().split('\n');
  const records = lines.flatMap((line) => (line === '' ? [] : (JSON.parse(line) as Told | Told[])));
  return records;
}

it(
  'tells what is done to tasks and schedules, though nobody else knows of it',
  { timeout: 60_000 },
  async () => {
    const app = await open({ engine: place.data });
    const { id } = await app.task('mail').enqueue({ to: 'ann' });
    const schedule = {
      task: 'mail',
      id: 'nightly',
      schedule: { everyMs: 60_000, sinceMs: 0, payload: 'null', priority: 4 },
    };
    await app.engine.records.put(keptScheduleKey('mail', 'nightly'), encodeKeptSchedule(schedule));
    await app.close();
    await run('task', 'cancel', id);
    expect(await told('task-cancelled')).toMatchObject([
      { subject: `task '${id}'`, source: 'control socket', outcome: 'success' },
    ]);
    expect((await place.sluice(['task', 'retry', 'none'])).code).toBe(1);
    expect(await told('task-retried')).toMatchObject([{ subject: "task 'none'", outcome: 'failure' }]);
    await run('task', 'unschedule', 'mail', 'nightly');
    expect(await told('schedule-removed')).toMatchObject([{ subject: "schedule 'nightly' of task 'mail'" }]);
  },
);

it('tells of a reload', { timeout: 60_000 }, async () => {
  await run('reload');
  expect(await told('configuration-reloaded')).toMatchObject([
    { subject: 'the configuration', outcome: 'success' },
  ]);
});

it('is in the report, what was done many times in one line', { timeout: 60_000 }, async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await run('queue', 'declare', name);
  for (let n = 0; n < 3; n++) await run('queue', 'purge', 'a');
  let report: Report | undefined;
  while (report === undefined) {
    const { code, stdout } = await place.sluice(['report', '--since', '1h', '--json']);
    if (code === 0) report = JSON.parse(stdout) as Report;
  }
  expect(report.acts).toContainEqual(
    expect.objectContaining({ event: 'topology-created', others: 4, count: 5, outcome: 'success' }),
  );
  expect(report.acts).toContainEqual(
    expect.objectContaining({ event: 'messages-purged', subject: "queue 'a' in vhost '/'", count: 3 }),
  );
  const text = await run('report', '--since', '1h');
  expect(text).toMatch(/\nActs\nTIME +WHO +ACT +ON +OUTCOME\n/);
  expect(text).toMatch(/ topology-created × 5 +queue 'e' in vhost '\/' and 4 more +success/);
});
