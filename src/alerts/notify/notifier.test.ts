import { afterEach, describe, expect, it } from 'vitest';
import type { Notifier } from './notifier.js';
import { notifySettings } from './settings.js';
import { httpDouble, type Answer, type HttpDouble, type Received } from './testing/http-double.js';
import { event, incident, resolved, startMs } from './testing/incident-fixture.js';
import { NotifierWorld } from './testing/notifier-world.js';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function double(answer: (received: Received) => Answer = () => ({})): Promise<HttpDouble> {
  const made = await httpDouble(answer);
  open.push({ stop: () => made.close() });
  return made;
}

async function started(world: NotifierWorld, settings: unknown): Promise<Notifier> {
  const notifier = await world.open(settings);
  open.unshift(notifier);
  await notifier.start();
  return notifier;
}

function settings(url: string, route: object = {}): object {
  return {
    receivers: { hook: { type: 'webhook', url } },
    routes: [{ name: 'all', receivers: ['hook'], groupWait: 0, ...route }],
  };
}

function reasons({ received }: HttpDouble): string[] {
  return received.map(({ body }) => (JSON.parse(body) as { data: { reason: string } }).data.reason);
}

/** Waits, while sockets do their part, until something is so. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets what is due now go out. */
async function pass(world: NotifierWorld, notifier: Notifier, byMs = 0): Promise<void> {
  world.clock.advance(byMs);
  await notifier.settled();
}

/** A notifier that was just told of an incident. */
async function told(
  url: string,
  route: object = {},
): Promise<{ readonly world: NotifierWorld; readonly notifier: Notifier }> {
  const world = new NotifierWorld();
  const notifier = await started(world, settings(url, route));
  notifier.notify(incident, event('opened'));
  await pass(world, notifier);
  return { world, notifier };
}

describe('a notifier', () => {
  it('tells of an incident, and of its end', async () => {
    const hook = await double();
    const { world, notifier } = await told(hook.url);
    await hook.has(1);
    notifier.notify(resolved(startMs), event('resolved'));
    await pass(world, notifier);
    await hook.has(2);
    await world.until(() => world.told.length === 2);
    expect(reasons(hook)).toEqual(['opened', 'resolved']);
    expect(world.told.map(({ kind, incident: id }) => `${kind} ${id}`)).toEqual([
      'notified i-1',
      'notified i-1',
    ]);
  });

  it('waits for what belongs together, and says nothing of what ended meanwhile', async () => {
    const [world, hook] = [new NotifierWorld(), await double()];
    const notifier = await started(world, settings(hook.url, { groupWait: '10s' }));
    notifier.notify(incident, event('opened'));
    notifier.notify({ ...incident, id: 'i-2' }, event('opened'));
    await pass(world, notifier, 9_000);
    notifier.notify({ ...incident, severity: 'critical' }, event('severity'));
    notifier.notify({ ...resolved(startMs), id: 'i-2' }, event('resolved'));
    expect(hook.received).toHaveLength(0);
    await pass(world, notifier, 1_000);
    await hook.has(1);
    await pass(world, notifier, 60_000);
    const events = hook.received.map(({ body }) => JSON.parse(body) as { data: { incident: object } });
    expect(events).toHaveLength(1);
    expect(events[0]?.data.incident).toMatchObject({ id: 'i-1', severity: 'critical' });
  });

  it('repeats what is open until somebody acknowledges it', async () => {
    const hook = await double();
    const { world, notifier } = await told(hook.url, { repeat: '1h' });
    await world.until(() => world.told.length === 1);
    await pass(world, notifier, 3_600_000);
    await world.until(() => world.told.length === 2);
    notifier.notify({ ...incident, state: 'acknowledged' }, event('acknowledged'));
    await pass(world, notifier);
    await world.until(() => world.told.length === 3);
    await pass(world, notifier, 36_000_000);
    expect(reasons(hook)).toEqual(['opened', 'repeated', 'acknowledged']);
  });

  it('repeats nothing of what is silenced, tells nothing of it that waits, and says so when it is not any more', async () => {
    const hook = await double();
    const { world, notifier } = await told(hook.url, { repeat: '1h', groupWait: '10s' });
    const quiet = { ...incident, alerts: incident.alerts.map((alert) => ({ ...alert, silencedBy: 's-1' })) };
    notifier.silence(quiet);
    await pass(world, notifier, 7_200_000);
    expect(hook.received).toEqual([]);
    await notifier.stop();
    const again = await world.open(settings(hook.url, { repeat: '1h', groupWait: '10s' }));
    open.unshift(again);
    await again.start([quiet, { ...quiet, id: 'i-9' }]);
    await pass(world, again, 7_200_000);
    expect(hook.received).toEqual([]);
    again.notify(incident, event('opened'));
    await pass(world, again, 10_000);
    await world.until(() => world.told.length === 1);
    again.silence(quiet);
    await pass(world, again, 7_200_000);
    again.notify(resolved(startMs), event('resolved'));
    await pass(world, again);
    await world.until(() => world.told.length === 2);
    expect(reasons(hook)).toEqual(['opened', 'resolved']);
  });

  it('tries again, in order, under the same key', async () => {
    let calls = 0;
    const hook = await double(() => (++calls <= 2 ? { status: 503 } : {}));
    const { world, notifier } = await told(hook.url);
    await hook.has(1);
    notifier.notify(resolved(startMs), event('resolved'));
    await pass(world, notifier);
    for (const failures of [1, 2]) {
      await until(() => notifier.receivers()[0]?.failuresInRow === failures);
      world.clock.advance(2_000 * failures);
    }
    await world.until(() => world.told.length === 2);
    expect(reasons(hook)).toEqual(['opened', 'opened', 'opened', 'resolved']);
    const keys = hook.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
  });

  it('delivers after a restart what was not delivered before', async () => {
    let isUp = false;
    const hook = await double(() => (isUp ? {} : { status: 500 }));
    const { world, notifier: first } = await told(hook.url);
    await hook.has(1);
    await first.stop();
    isUp = true;
    const second = await started(world, settings(hook.url));
    await world.until(() => world.told.length === 1);
    expect(hook.received.at(-1)?.headers['idempotency-key']).toBe(
      hook.received[0]?.headers['idempotency-key'],
    );
    second.notify(resolved(startMs), event('resolved'));
    await pass(world, second);
    await world.until(() => world.told.length === 2);
    expect(reasons(hook).at(-1)).toBe('resolved');
    await second.settled();
    expect(await world.disk.list('/data/alerts/outbox')).toEqual([]);
    expect(await world.disk.list('/data/alerts/conversations')).toEqual([]);
  });

  it('tells of open incidents that nobody heard of, and of the end of those that ended unheard', async () => {
    const hook = await double();
    const { world, notifier: first } = await told(hook.url, { repeat: '1h' });
    await world.until(() => world.told.length === 1);
    await first.stop();
    const second = await world.open(settings(hook.url, { repeat: '1h' }));
    open.unshift(second);
    await second.start([
      { ...incident, id: 'i-2' },
      { ...incident, id: 'i-3', state: 'resolved' },
    ]);
    await pass(world, second);
    await world.until(() => world.told.length === 3);
    const heard = world.told.map(({ incident: id, text }) => `${id} ${text}`);
    expect(heard).toEqual([
      'i-1 hook was told: opened',
      'i-1 hook was told: resolved',
      'i-2 hook was told: opened',
    ]);
    await pass(world, second, 3_600_000);
    await world.until(() => world.told.length === 4);
    expect(world.told[3]?.incident).toBe('i-2');
  });

  it('names a receiver that is broken, and tells of it through another', async () => {
    const [world, good] = [new NotifierWorld(), await double()];
    const bad = await double(() => ({ status: 404, body: 'no such hook' }));
    const notifier = await started(world, {
      receivers: { bad: { type: 'webhook', url: bad.url }, good: { type: 'webhook', url: good.url } },
      routes: [
        { name: 'broken', match: { kind: ['receiver', 'queue'] }, receivers: ['bad'], groupWait: 0 },
        { name: 'rest', receivers: ['good'] },
      ],
    });
    notifier.notify(incident, event('opened'));
    await pass(world, notifier);
    await world.until(() => world.changes.length === 1);
    expect(notifier.receivers()[0]).toMatchObject({ name: 'bad', state: 'broken', waiting: 0 });
    expect(world.told[0]).toMatchObject({ kind: 'notification-failed' });
    const subject = { kind: 'receiver', labels: { receiver: 'bad' } };
    const alerts = incident.alerts.map((alert) => ({ ...alert, subject }));
    notifier.notify({ ...incident, id: 'i-3', alerts }, event('opened'));
    await pass(world, notifier);
    await good.has(1);
    expect(bad.received).toHaveLength(1);
  });

  it('takes other routes for what comes after them, and ends what it told over the old ones', async () => {
    const hook = await double();
    const { world, notifier } = await told(hook.url, { repeat: '1h' });
    await world.until(() => world.told.length === 1);
    const parsed = notifySettings.parse(settings(hook.url, { name: 'other', repeat: 0 }));
    await (await notifier.prepare(parsed)).apply();
    await pass(world, notifier, 7_200_000);
    expect(reasons(hook)).toEqual(['opened']);
    notifier.notify({ ...incident, id: 'i-2' }, event('opened'));
    await pass(world, notifier);
    await world.until(() => world.told.length === 2);
    notifier.notify(resolved(startMs), event('resolved'));
    await pass(world, notifier);
    await world.until(() => world.told.length === 3);
    expect(reasons(hook)).toEqual(['opened', 'opened', 'resolved']);
    await expect(notifier.testRoute('all')).rejects.toMatchObject({ code: 'not-found' });
    await expect(notifier.testRoute('other')).resolves.toMatchObject([{ outcome: 'delivered' }]);
  });

  it('sends a test over a route, and says what came of it', async () => {
    const [world, hook] = [new NotifierWorld(), await double()];
    const notifier = await started(world, settings(hook.url, { match: { severity: ['critical'] } }));
    await expect(notifier.testRoute('all')).resolves.toEqual([{ receiver: 'hook', outcome: 'delivered' }]);
    await expect(notifier.testRoute('none')).rejects.toMatchObject({ code: 'not-found' });
    expect(reasons(hook)).toEqual(['test']);
  });
});
