/** Incidents over a kill: what was told is not told again, what repeats goes on, and silences and ends still count. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { httpDouble, type HttpDouble } from '../../src/alerts/notify/testing/http-double.js';
import type { Silence } from '../../src/alerts/index.js';
import type { IncidentRow } from '../../src/operations/index.js';
import { makeWorkplace, type Workplace } from './sluice.js';

const retryMs = 200;
const limitMs = 60_000;

let place: Workplace;
let hook: HttpDouble;

beforeEach(async () => {
  place = await makeWorkplace();
  hook = await httpDouble(() => ({}));
});

afterEach(async () => {
  await place.close();
  await hook.close();
});

/** One rule for each queue, so that each has an incident of its own. */
function configuration(url: string): string {
  const rules = ['orders', 'quiet', 'later'].map(
    (queue) =>
      `    - { name: ${queue}-waiting, metric: sluice_messages_ready, above: 0, for: 0, clearFor: 0, where: { queue: ${queue} } }\n`,
  );
  return `alerts:
  rules:
${rules.join('')}  receivers:
    once: { type: webhook, url: '${url}/once' }
    again: { type: webhook, url: '${url}/again' }
  routes:
    - { name: once, receivers: [once], groupWait: 0, repeat: 0, on: [opened, resolved], continue: true }
    - { name: again, receivers: [again], groupWait: 0, repeat: 2s, on: [opened, repeated, resolved] }
`;
}

/** What a receiver heard of a queue, oldest first; deliveries that were tried again count once. */
function heard(receiver: 'once' | 'again', queue: string): string[] {
  const seen = new Set<unknown>();
  return hook.received.flatMap(({ path, headers, body }) => {
    if (path !== `/${receiver}` || seen.has(headers['idempotency-key'])) return [];
    seen.add(headers['idempotency-key']);
    const { data } = JSON.parse(body) as {
      readonly data: { readonly reason: string; readonly incident: { readonly title: string } };
    };
    return data.incident.title.includes(queue) ? [data.reason] : [];
  });
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    expect(performance.now(), what).toBeLessThan(end);
    await wait(retryMs);
  }
}

async function json<Answer>(words: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await place.sluice([...words, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
}

async function fill(queue: string): Promise<void> {
  await place.sluice(['queue', 'declare', queue]);
  await place.sluice(['publish', queue, '--body', 'a']);
}

async function incidentOf(queue: string): Promise<IncidentRow | undefined> {
  const rows = await json<readonly IncidentRow[]>(['incident', 'list', '--all']);
  return rows.find(({ title }) => title.includes(queue));
}

it('a kill repeats no notification, ends no silence and forgets no end', { timeout: 240_000 }, async () => {
  await writeFile(join(place.folder, 'sluice.yaml'), configuration(hook.url));
  const first = place.up();
  await first.ready;
  const { id: silence } = await json<Silence>(
    'silence add --match queue=quiet --for 1h --reason moving'.split(' '),
  );
  await fill('orders');
  await fill('quiet');
  await until('both queues have an incident', async () => (await incidentOf('quiet')) !== undefined);
  await until('one of them is told', () => heard('once', 'orders').length > 0);
  await until('it is told again', () => heard('again', 'orders').length >= 2);
  const before = await incidentOf('orders');
  await first.end('SIGKILL', 20_000);
  const repeats = heard('again', 'orders').length;
  const second = place.up();
  await second.ready;
  // Whatever is new is told as ever, so the rules have been looked at again by then.
  await fill('later');
  await until('a new incident is told', () => heard('once', 'later').length > 0);
  await until('the open one goes on being told', () => heard('again', 'orders').length > repeats);
  expect(await incidentOf('orders')).toMatchObject({ id: before!.id, state: 'open' });
  expect(heard('once', 'orders')).toEqual(['opened']);
  expect(new Set(heard('again', 'orders').slice(1))).toEqual(new Set(['repeated']));
  expect(heard('once', 'quiet')).toEqual([]);
  await place.sluice(['silence', 'end', silence]);
  await until('a silence that ended is told', () => heard('once', 'quiet').length > 0);
  await place.sluice(['queue', 'purge', 'orders']);
  await until('the end is told', () => heard('again', 'orders').includes('resolved'));
  await second.end('SIGKILL', 20_000);
  await place.up().ready;
  await until(
    'the third life knows of the end',
    async () => (await incidentOf('orders'))?.state === 'resolved',
  );
  await place.sluice(['queue', 'purge', 'later']);
  await until('the end of another is told', () => heard('once', 'later').includes('resolved'));
  expect(heard('once', 'orders')).toEqual(['opened', 'resolved']);
  expect(heard('again', 'orders').filter((reason) => reason === 'resolved')).toHaveLength(1);
});
