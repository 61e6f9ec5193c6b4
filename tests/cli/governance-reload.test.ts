/** All of governance changes while a server runs: `sluice reload` and SIGHUP, done and refused. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReceiverState, Report } from '../../src/alerts/index.js';
import { httpDouble, type HttpDouble } from '../../src/alerts/notify/testing/http-double.js';
import { ZabbixDouble } from '../../src/monitor/zabbix/testing/zabbix-double.js';
import type { ReloadOutcome } from '../../src/operations/index.js';
import { Collector } from '../telemetry/collector.js';
import { makeWorkplace, type Server, type Workplace } from './sluice.js';

const limitMs = 60_000;
const retryMs = 100;
const base = 'access: { audit: { coalesceMs: 0 }, passwords: { memoryKibibytes: 8, passes: 1 } }\n';
const rule =
  "{ name: orders-waiting, metric: sluice_messages_ready, above: 0, for: 0, where: { queue: 'orders*' } }";

let place: Workplace;
let hook: HttpDouble;
let server: Server;
let pid: number;

beforeEach(async () => {
  [place, hook] = await Promise.all([makeWorkplace(), httpDouble(() => ({}))]);
  await configure('');
  server = place.up();
  ({ pid } = await server.ready);
}, limitMs);

afterEach(async () => {
  await place.close();
  await hook.close();
});

async function configure(text: string): Promise<void> {
  await writeFile(join(place.folder, 'sluice.yaml'), base + text);
}

async function json<Answer>(...words: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await place.sluice([...words, '--json']);
  expect({ code, stderr }, words.join(' ')).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
}

async function until<Found>(
  what: string,
  found: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await found();
    if (answer !== undefined) return answer;
    expect(performance.now(), what).toBeLessThan(end);
    await wait(retryMs);
  }
}

/** Oldest first. */
async function reloads(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return json('audit', 'list', '--event', 'configuration-reloaded');
}

async function fill(queue: string): Promise<void> {
  await place.sluice(['queue', 'declare', queue]);
  await place.sluice(['publish', queue, '--body', 'a']);
}

/** One receiver at a path of the double, with a route to it. */
function alertsTo(name: string, path: string): string {
  return `alerts:
  rules: [${rule}]
  receivers:
    ${name}:
      type: webhook
      url: '${hook.url}${path}'
  routes: [{ name: all, receivers: [${name}], groupWait: 0 }]
`;
}

async function receivers(): Promise<readonly string[]> {
  return (await json<readonly ReceiverState[]>('alert', 'receivers')).map(({ name }) => name);
}

function heard(path: string): readonly string[] {
  return hook.received
    .filter((received) => received.path === path)
    .map(({ body }) => (JSON.parse(body) as { data: { reason: string } }).data.reason);
}

function countOf(sink: ZabbixDouble | Collector): number {
  return sink instanceof Collector ? sink.requests.length : sink.bodies.length;
}

describe('a reload', () => {
  it('adds a receiver that hears of the next alert', { timeout: 120_000 }, async () => {
    await configure(alertsTo('ops', '/ops'));
    const outcome = await json<ReloadOutcome>('reload');
    expect(outcome.needRestart).toEqual([]);
    expect(outcome.changes.map(({ text }) => text)).toEqual([
      ...['receiver ops added', 'route all added', 'rule orders-waiting added'],
    ]);
    await fill('orders');
    await until('the new receiver hears', () => heard('/ops')[0]);
    expect(heard('/ops')).toEqual(['opened']);
    await configure(alertsTo('later', '/later'));
    const moved = await place.sluice(['reload']);
    expect(moved.stdout).toBe(
      'Now in force: receiver ops removed, receiver later added, route all changed\n',
    );
    await place.sluice(['queue', 'purge', 'orders']);
    await fill('orders-2');
    await until('the one after hears', () => heard('/later')[0]);
    expect(heard('/ops')).toEqual(['opened']);
  });

  it('tells whoever is added of what is the matter already', { timeout: 120_000 }, async () => {
    await configure(`alerts: { rules: [${rule}] }\n`);
    await json('reload');
    await fill('orders');
    await until('an incident is open', async () =>
      (await json<readonly unknown[]>('incident', 'list')).length === 0 ? undefined : true,
    );
    await configure(alertsTo('ops', '/ops'));
    await json('reload');
    await until('the new receiver hears', () => heard('/ops')[0]);
    await json('reload');
    expect(heard('/ops')).toEqual(['opened']);
  });

  it('changes nothing where a secret is missing, and says where it stands', { timeout: 60_000 }, async () => {
    await configure(alertsTo('ops', '/ops'));
    await json('reload');
    await configure(`owners: [{ owner: shop, queue: orders }]\n${alertsTo('other', '/${NOWHERE}')}`);
    const { code, stderr } = await place.sluice(['reload']);
    expect(code).toBe(2);
    const problem = 'alerts.receivers.other.url: the environment variable NOWHERE is not set';
    expect(stderr).toContain(`${join(place.folder, 'sluice.yaml')}:8: ${problem}`);
    expect(await receivers()).toEqual(['ops']);
    const [done, refused] = await reloads();
    expect(refused).toMatchObject({ source: 'control socket', outcome: 'failure' });
    expect(refused?.['reason']).toContain(problem);
    expect(done).toMatchObject({ outcome: 'success' });
  });

  it('by SIGHUP stands in the audit log, done or refused', { timeout: 60_000 }, async () => {
    const hangUp = async (event: string): Promise<void> => {
      const told = server.line((line) => (line.includes(`"${event}"`) ? true : undefined), 20_000);
      process.kill(pid, 'SIGHUP');
      await told;
    };
    await configure(alertsTo('ops', '/ops'));
    await hangUp('server.reloaded');
    await configure('alerts: { routes: [{ name: all, receivers: [nobody] }] }\n');
    await hangUp('server.reload-failed');
    expect(await receivers()).toEqual(['ops']);
    expect(await reloads()).toMatchObject([
      {
        ...{ source: 'SIGHUP', outcome: 'success' },
        reason: 'applied receiver ops added, route all added, rule orders-waiting added',
      },
      {
        ...{ source: 'SIGHUP', outcome: 'failure' },
        reason: expect.stringContaining('there is no receiver named nobody') as string,
      },
    ]);
  });

  it('sends figures elsewhere, and names other owners', { timeout: 120_000 }, async () => {
    const [first, second] = [await ZabbixDouble.start(), await ZabbixDouble.start()];
    await using collector = await Collector.start();
    const zabbix = ({ port }: ZabbixDouble): string =>
      `zabbix: { server: '127.0.0.1:${port}', host: here, every: 1s }\n`;
    const arrived = (double: ZabbixDouble): Promise<true> =>
      until('values arrive', () => (double.values.length === 0 ? undefined : true));
    try {
      await fill('orders');
      await configure(zabbix(first));
      await json('reload');
      await arrived(first);
      const otlp = `telemetry: { otlp: { endpoint: '${collector.endpoint}', every: 1s } }\n`;
      await configure(`${zabbix(second)}${otlp}owners: [{ owner: shop, queue: orders }]\n`);
      const { changes } = await json<ReloadOutcome>('reload');
      expect(changes.map(({ setting }) => setting)).toEqual([
        'owners',
        'telemetry.otlp',
        'zabbix.server.port',
      ]);
      await arrived(second);
      await collector.until(({ metrics }) => metrics[0]);
      await until('the report names the owner', async () => {
        const { code, stdout } = await place.sluice(['report', '--since', '1m', '--json']);
        const report = code === 0 ? (JSON.parse(stdout) as Report) : undefined;
        return report?.owners.find(({ owner }) => owner === 'shop');
      });
      await configure(zabbix(first));
      await json('reload');
      const [before, values, exports] = [first, second, collector].map(countOf);
      await until('values arrive again', () => (countOf(first) < before! + 3 ? undefined : true));
      expect([second, collector].map(countOf)).toEqual([values, exports]);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });
});
