/** Governance in a program: what `sluice.yaml` says to a server is said to `open`, and means the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpDouble, type HttpDouble } from '../../src/alerts/notify/testing/http-double.js';
import { ZabbixDouble } from '../../src/monitor/zabbix/testing/zabbix-double.js';
import { open, type OpenOptions } from '../../src/open.js';
import type { TaskApp } from '../../src/tasks/index.js';

let root: string;
const opened: TaskApp[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-program-'));
});
afterEach(async () => {
  for (const app of opened.splice(0).reverse()) await app.close();
  await rm(root, { recursive: true, force: true });
});

async function program(options: Omit<OpenOptions, 'engine'>, name = 'data'): Promise<TaskApp> {
  const app = await open({ engine: join(root, name), ...options });
  opened.push(app);
  return app;
}

async function ask(app: TaskApp, path: string): Promise<string> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  const answer = await fetch(`http://127.0.0.1:${app.ports['http']}${path}`, { headers: { authorization } });
  return answer.text();
}

/** Asks until what comes back satisfies; the test's own time limit ends a wait in vain. */
async function until(
  ask: () => string | Promise<string>,
  isThere: (text: string) => boolean,
): Promise<string> {
  for (;;) {
    const text = await ask();
    if (isThere(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a program that governs its engine', () => {
  let hook: HttpDouble;
  beforeEach(async () => {
    hook = await httpDouble(() => ({}));
  });
  afterEach(() => hook.close());

  it('applies what a rule wants from its opening on, without anybody asking its API', async () => {
    const app = await program({
      monitor: true,
      alerts: {
        rules: [
          {
            ...{ name: 'orders-wait', metric: 'sluice_messages_ready', where: { queue: 'orders' } },
            ...{ above: 0, for: 0, remedy: { name: 'pause-queue', mode: 'automatic' } },
          },
        ],
      },
    });
    const queue = app.queue('orders');
    await queue.send('an order');
    await until(
      async () => String(await queue.resume()),
      (resumed) => resumed === 'true',
    );
  });

  it('tells a webhook of an alert, by a route for its owner', async () => {
    const app = await program({
      http: 0,
      owners: [{ owner: 'payments', queue: 'orders' }],
      alerts: {
        receivers: { chat: { type: 'webhook', url: `${hook.url}/hook` } },
        routes: [{ name: 'all', receivers: ['chat'], groupWait: 0 }],
        rules: [
          {
            ...{ name: 'orders-wait', metric: 'sluice_messages_ready', where: { queue: 'orders' } },
            ...{ above: 0, for: 0, severity: 'warning' },
          },
        ],
      },
    });
    await app.queue('orders').send('an order');
    await hook.has(1);
    expect(JSON.stringify(hook.received[0])).toContain('orders-wait');
    expect(await ask(app, '/v1/receivers')).toContain('"state":"working"');
    expect(await ask(app, '/v1/report')).toContain('payments');
  });

  it('measures without a port, and pushes to Zabbix', async () => {
    const zabbix = await ZabbixDouble.start();
    try {
      const app = await program({
        zabbix: { server: `127.0.0.1:${zabbix.port}`, host: 'a program', every: '1s' },
      });
      await app.queue('orders').send('an order');
      const has = (text: string): boolean => text.includes('orders') && text.includes('messages_published');
      await until(() => JSON.stringify(zabbix.values), has);
      expect(new Set(zabbix.values.map(({ host }) => host))).toEqual(new Set(['a program']));
    } finally {
      await zabbix.stop();
    }
  });

  it('probes its own engine, and one beside it', async () => {
    const probe = { every: '100ms' } as const;
    const other = await program({ http: 0, amqp: 0 }, 'other');
    const { amqp, http } = other.ports;
    const address = `amqp://guest:guest@127.0.0.1:${amqp}?management=http://127.0.0.1:${http}`;
    const app = await program({ http: 0, monitor: { probe }, engines: { other: { address, probe } } });
    await other.queue('beside').send('one');
    const wanted = [
      /^sluice_probe_round_trip_seconds_count\{engine="embedded"\} [1-9]/m,
      /^sluice_probe_round_trip_seconds_count\{engine="other"\} [1-9]/m,
      /^sluice_messages_published_total\{engine="other",vhost="\/",queue="beside"\} 1/m,
    ];
    const metrics = () => ask(app, '/metrics?per=queue');
    await until(metrics, (text) => wanted.every((pattern) => pattern.test(text)));
    expect(await metrics()).not.toContain('sluice_probes_lost_total{engine="embedded"} 1');
  });
});

describe('settings of governance', () => {
  it('are refused before anything is opened, with every path', async () => {
    const wrong = { zabbix: { server: 'x y', host: '' }, engines: { Other: 'http://x' } } as const;
    const engine = join(root, 'never');
    await expect(open({ engine, ...wrong })).rejects.toMatchObject({
      code: 'config-invalid',
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({ path: 'zabbix.server' }),
          expect.objectContaining({ path: 'zabbix.host' }),
          expect.objectContaining({ path: 'engines.Other' }),
        ]) as unknown,
      },
    });
    const receivers = {
      chat: { type: 'webhook', url: 'https://example.org/${SLUICE_TEST_ABSENT}' },
    } as const;
    await expect(open({ engine: join(root, 'secret'), alerts: { receivers } })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('SLUICE_TEST_ABSENT') as string,
    });
  });

  it('are refused for a server, which has its own', async () => {
    await expect(open({ engine: 'amqp://127.0.0.1:1', alerts: {} })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
