/** An alert from its rule to its end on a real server, as its operators meet it; and rules replayed over history. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Backtest, Incident, IncidentNews, Silence } from '../../src/alerts/index.js';
import { claimDirectory } from '../../src/control/index.js';
import { systemClock } from '../../src/kernel/index.js';
import type { IncidentRow } from '../../src/operations/index.js';
import { makeWorkplace, type Workplace } from './sluice.js';

const retryMs = 250;
const limitMs = 60_000;
const rule = [
  'metric: sluice_messages_ready',
  'above: 0',
  'for: 0',
  'clearFor: 0',
  'where: { queue: orders }',
];

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

async function json<Answer>(words: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await place.sluice([...words, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
}

/** Asks again until `found` gives something. */
async function until<Found>(what: string, found: () => Promise<Found | undefined>): Promise<Found> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await found();
    if (answer !== undefined) return answer;
    expect(performance.now(), what).toBeLessThan(end);
    await wait(retryMs);
  }
}

async function incidentIn(state: Incident['state']): Promise<IncidentRow> {
  return until(`an incident is ${state}`, async () => {
    const rows = await json<readonly IncidentRow[]>(['incident', 'list', '--all']);
    return rows.find((row) => row.state === state && row.title.includes('orders'));
  });
}

async function fill(queue: string): Promise<void> {
  await place.sluice(['queue', 'declare', queue]);
  await place.sluice(['publish', queue, '--body', 'a']);
}

it(
  'opens, is seen, acknowledged and silenced, and ends when its queue is purged',
  { timeout: 180_000 },
  async () => {
    await writeFile(
      join(place.folder, 'sluice.yaml'),
      `alerts:\n  rules:\n    - name: orders-waiting\n${rule.map((line) => `      ${line}\n`).join('')}`,
    );
    await place.up().ready;
    await fill('orders');
    const { id } = await incidentIn('open');
    const status = await place.sluice(['status']);
    expect(status.stdout).toContain(id);
    const shown = await json<Incident>(['incident', 'show', id]);
    expect(shown.alerts[0]).toMatchObject({ rule: 'orders-waiting', state: 'firing', reading: { value: 1 } });
    expect((await place.sluice(['alert', 'list'])).stdout).toContain('orders-waiting');
    await place.sluice(['incident', 'ack', id, 'on it']);
    await place.sluice(['incident', 'comment', id, 'nobody consumes']);
    const silence = await json<Silence>([
      'silence',
      'add',
      '--match',
      'queue=orders',
      '--for',
      '10m',
      '--reason',
      'being looked at',
    ]);
    const silenced = await json<Incident>(['incident', 'show', id]);
    expect(silenced).toMatchObject({ state: 'acknowledged', alerts: [{ silencedBy: silence.id }] });
    await place.sluice(['silence', 'end', silence.id]);
    expect(await json<readonly Silence[]>(['silence', 'list'])).toMatchObject([{ id: silence.id }]);
    await place.sluice(['queue', 'purge', 'orders']);
    expect(await incidentIn('resolved')).toMatchObject({ id, alertsOpen: 0 });
    const { timeline } = await json<Incident>(['incident', 'show', id]);
    const kinds = timeline
      .map(({ kind }): IncidentNews['event']['kind'] => kind)
      .filter((kind) => kind !== 'cause');
    expect(kinds).toEqual([
      'opened',
      'acknowledged',
      'comment',
      'silenced',
      'opened',
      'alert-resolved',
      'resolved',
    ]);
    expect((await place.sluice(['incident', 'show', 'none'])).stderr).toContain('there is no incident none');
  },
);

it(
  'replays a rule on a server that has just begun, and on its directory without it',
  { timeout: 180_000 },
  async () => {
    const file = join(place.folder, 'rule.yaml');
    await writeFile(file, `name: orders-waiting\n${rule.join('\n')}\n`);
    expect((await place.sluice(['alert', 'backtest', file])).code).toBe(69);
    const server = place.up();
    await server.ready;
    await fill('orders');
    const live = await until('history knows of the queue', async () => {
      const replay = await json<Backtest>(['alert', 'backtest', file]);
      return replay.notifications.fired > 0 ? replay : undefined;
    });
    expect(live).toMatchObject({ stepSeconds: 10, objects: [{ labels: { queue: 'orders' } }] });
    await server.end('SIGTERM', 20_000);
    const history = join(place.data, 'history');
    const contents = async (): Promise<(readonly [string, string])[]> =>
      Promise.all(
        (await readdir(history)).map(
          async (name) => [name, await readFile(join(history, name), 'hex')] as const,
        ),
      );
    const before = await contents();
    const stopped = await json<Backtest>(['alert', 'backtest', file]);
    expect(stopped).toMatchObject({
      notifications: { fired: 1 },
      objects: [{ labels: { queue: 'orders' } }],
    });
    expect(await contents()).toEqual(before);
    const shown = await place.sluice(['alert', 'backtest', file]);
    expect(shown.stdout).toContain('orders-waiting over');
    await writeFile(file, 'name: bad\nmetric: sluice_messages_redy\nabove: 1\n');
    const refused = await place.sluice(['alert', 'backtest', file]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('sluice_messages_redy');
    await writeFile(file, `name: orders-waiting\n${rule.join('\n')}\n`);
    const claim = await claimDirectory(place.data, systemClock());
    const owned = await place.sluice(['alert', 'backtest', file]);
    expect(owned.stderr).toContain('owner of the data directory');
    await claim.release();
  },
);
