/** Other receivers and routes while notifications are on their way. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Notifier } from './notifier.js';
import { notifySettings } from './settings.js';
import { httpDouble, type Answer, type HttpDouble } from './testing/http-double.js';
import { event, incident, resolved, startMs } from './testing/incident-fixture.js';
import { NotifierWorld } from './testing/notifier-world.js';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function double(answer: () => Answer = () => ({})): Promise<HttpDouble> {
  const made = await httpDouble(answer);
  open.push({ stop: () => made.close() });
  return made;
}

/** Receivers by name, each a webhook at an address or what is given; one route to all. */
function settings(receivers: Readonly<Record<string, string | object>>): object {
  const webhooks = Object.entries(receivers).map(([name, given]) => [
    name,
    typeof given === 'string' ? { type: 'webhook', url: given } : given,
  ]);
  const names = Object.keys(receivers);
  return {
    receivers: Object.fromEntries(webhooks) as object,
    routes: names.length === 0 ? [] : [{ name: 'all', receivers: names, groupWait: 0 }],
  };
}

interface Scene {
  readonly world: NotifierWorld;
  readonly notifier: Notifier;
  readonly change: (receivers: Parameters<typeof settings>[0]) => Promise<void>;
  readonly pass: (byMs?: number) => Promise<void>;
}

async function started(receivers: Parameters<typeof settings>[0]): Promise<Scene> {
  const world = new NotifierWorld();
  const notifier = await world.open(settings(receivers), { HOOK: 'x' });
  open.unshift(notifier);
  await notifier.start();
  return {
    ...{ world, notifier },
    async change(next) {
      await (await notifier.prepare(notifySettings.parse(settings(next)))).apply();
    },
    async pass(byMs = 0) {
      world.clock.advance(byMs);
      await notifier.settled();
    },
  };
}

/** Waits, while sockets do their part, until something is so. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setImmediate(resolve));
}

describe('receivers that change', () => {
  it('are told when they are new, and are told no more when they are gone', async () => {
    const [old, young] = [await double(), await double()];
    const { world, notifier, change, pass } = await started({ old: old.url });
    notifier.notify(incident, event('opened'));
    await pass();
    await world.until(() => world.told.length === 1);
    await change({ young: young.url });
    notifier.notify({ ...incident, id: 'i-2' }, event('opened'));
    notifier.notify(resolved(startMs), event('resolved'));
    await pass();
    await world.until(() => world.told.length === 2);
    expect(world.told.map(({ incident: id, text }) => `${id} ${text}`)).toEqual([
      'i-1 old was told: opened',
      'i-2 young was told: opened',
    ]);
    expect([old.received.length, young.received.length]).toEqual([1, 1]);
    expect(notifier.receivers().map(({ name }) => name)).toEqual(['young']);
    expect(world.gone).toEqual(['old']);
  });

  it('keep what waits for them, and get it at the new address at once, under the same key', async () => {
    const [bad, good] = [await double(() => ({ status: 503 })), await double()];
    const { world, notifier, change, pass } = await started({ hook: bad.url });
    notifier.notify(incident, event('opened'));
    await pass();
    await until(() => notifier.receivers()[0]?.failuresInRow === 1);
    await change({ hook: good.url });
    await world.until(() => world.told.length === 1);
    expect(good.received[0]?.headers['idempotency-key']).toBe(bad.received[0]?.headers['idempotency-key']);
    expect(notifier.receivers()[0]).toMatchObject({ state: 'working', waiting: 0, failedAttempts: 1 });
  });

  it('wait on where their own settings stay', async () => {
    const bad = await double(() => ({ status: 503 }));
    const other = await double();
    const { notifier, change, pass } = await started({ hook: bad.url });
    notifier.notify(incident, event('opened'));
    await pass();
    await until(() => notifier.receivers()[0]?.failuresInRow === 1);
    await change({ hook: bad.url, other: other.url });
    await pass();
    expect(bad.received).toHaveLength(1);
    expect(notifier.receivers()[0]).toMatchObject({ state: 'failing', waiting: 1 });
  });

  it('give up what waits for them when they are gone, and say so', async () => {
    const bad = await double(() => ({ status: 503 }));
    const { world, notifier, change, pass } = await started({ hook: bad.url });
    notifier.notify(incident, event('opened'));
    await pass();
    await until(() => notifier.receivers()[0]?.failuresInRow === 1);
    await change({});
    expect(world.told).toMatchObject([
      {
        kind: 'notification-failed',
        text: 'hook was not told (refused): there is no such receiver any more',
      },
    ]);
    expect(world.log).toContain('notify.receiver-gone {"receiver":"hook","waiting":1}');
    expect(await world.disk.list('/data/alerts/outbox')).toEqual([]);
  });

  it('change with nothing else where a secret is missing', async () => {
    const hook = await double();
    const { world, notifier, pass } = await started({ hook: `${hook.url}/\${HOOK}` });
    const next = settings({ other: `${hook.url}/\${MISSING}` });
    await expect(notifier.prepare(notifySettings.parse(next))).rejects.toMatchObject({
      code: 'config-invalid',
      details: {
        problems: [
          { path: 'alerts.receivers.other.url', message: 'the environment variable MISSING is not set' },
        ],
      },
    });
    notifier.notify(incident, event('opened'));
    await pass();
    await world.until(() => world.told.length === 1);
    expect(hook.received[0]?.path).toBe('/x');
    expect(notifier.routes()[0]?.receivers).toEqual(['hook']);
  });

  it('are refreshed as their settings say now', async () => {
    const alerts = await double();
    const manager = (refresh: string) => ({ type: 'alertmanager', url: alerts.url, refresh });
    const { notifier, change, pass } = await started({ manager: manager('1h') });
    notifier.notify(incident, event('opened'));
    await pass();
    await alerts.has(1);
    await until(() => notifier.receivers()[0]?.waiting === 0);
    await change({ manager: manager('1m') });
    await pass(60_000);
    await alerts.has(2);
    await until(() => notifier.receivers()[0]?.waiting === 0);
    await change({});
    await pass(7_200_000);
    expect(alerts.received).toHaveLength(2);
  });
});
