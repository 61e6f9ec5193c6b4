import { afterEach, describe, expect, it } from 'vitest';
import type { SignalBoard } from './signal-board.js';
import type { Alert, Incident, IncidentEvent, IncidentNews } from './types.js';
import { notifyOfIncidents } from './notify-of-incidents.js';
import { notifySettings } from './notify/settings.js';
import { httpDouble, type HttpDouble } from './notify/testing/http-double.js';
import { alert, event, incident } from './notify/testing/incident-fixture.js';
import { NotifierWorld } from './notify/testing/notifier-world.js';

const open: HttpDouble[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** Alerts as far as notification sees them. */
class AlertsDouble {
  readonly lines: string[] = [];
  readonly signals: Parameters<SignalBoard['tell']>[0][] = [];
  readonly known: Incident[] = [];
  tell: (news: IncidentNews) => void = () => undefined;
  incidents = (): readonly Incident[] => this.known;
  durable = (): Promise<void> => this.whenDurable;
  whenDurable: Promise<void> = Promise.resolve();
  addLine = (id: string, { kind }: IncidentEvent): void => {
    this.lines.push(`${id} ${kind}`);
  };
  signal = (signal: Parameters<SignalBoard['tell']>[0]): void => {
    this.signals.push(signal);
  };
  onNews = (listener: (news: IncidentNews) => void): (() => void) => {
    this.tell = listener;
    return () => undefined;
  };
}

/** Waits, while sockets do their part, until something is so. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setImmediate(resolve));
}

describe('alerts that notify', () => {
  it('tell of open incidents and news, not of silenced ones, and hear what came of it', async () => {
    let status = 200;
    const hook = await httpDouble(() => ({ status }));
    open.push(hook);
    const [world, alerts] = [new NotifierWorld(), new AlertsDouble()];
    const notifier = await world.open({
      receivers: { hook: { type: 'webhook', url: hook.url } },
      routes: [{ name: 'all', receivers: ['hook'], groupWait: 0 }],
    });
    alerts.known.push({ ...incident, id: 'i-0' }, { ...incident, id: 'i-over', state: 'resolved' });
    await notifyOfIncidents(alerts, notifier);
    world.clock.advance(0);
    await until(() => alerts.lines.length === 1);
    expect(alerts.lines).toEqual(['i-0 notified']);
    status = 410;
    alerts.tell({ incident, event: event('opened'), isSilenced: true });
    alerts.tell({ incident: { ...incident, id: 'i-2' }, event: event('opened'), isSilenced: false });
    await alerts.whenDurable;
    world.clock.advance(0);
    await until(() => alerts.signals.length > 0 && alerts.lines.length > 1);
    expect(alerts.lines[1]).toBe('i-2 notification-failed');
    expect(alerts.signals[0]).toEqual({
      rule: 'notification-broken',
      subject: { kind: 'receiver', labels: { receiver: 'hook' } },
      holds: true,
    });
    const none = await notifier.prepare(notifySettings.parse({}));
    await none.apply();
    expect(alerts.signals.at(-1)).toMatchObject({
      holds: false,
      why: 'there is no such receiver any more',
    });
    await notifier.stop();
  });

  it('take up receivers that were broken before a restart, until they are heard from', async () => {
    const hook = await httpDouble(() => ({}));
    open.push(hook);
    const [world, alerts] = [new NotifierWorld(), new AlertsDouble()];
    const notifier = await world.open({
      receivers: { hook: { type: 'webhook', url: hook.url } },
      routes: [{ name: 'all', receivers: ['hook'], groupWait: 0 }],
    });
    const broken = (receiver: string, state: Alert['state']): Incident => ({
      ...incident,
      id: `i-${receiver}`,
      alerts: [
        {
          ...alert,
          ...{ rule: 'notification-broken', state },
          subject: { kind: 'receiver', labels: { receiver } },
        },
      ],
    });
    alerts.known.push(broken('hook', 'firing'), broken('gone', 'firing'), broken('over', 'resolved'));
    await notifyOfIncidents(alerts, notifier);
    const told = alerts.signals.map(({ subject, holds, why }) => [subject.labels['receiver'], holds, why]);
    expect(told).toEqual([['gone', false, 'there is no such receiver any more']]);
    expect(notifier.receivers()).toMatchObject([{ name: 'hook', state: 'broken' }]);
    alerts.tell({ incident, event: event('opened'), isSilenced: false });
    await alerts.whenDurable;
    world.clock.advance(0);
    await until(() => alerts.signals.length > 1);
    expect(alerts.signals[1]).toMatchObject({ subject: { labels: { receiver: 'hook' } }, holds: false });
    await notifier.stop();
  });

  it('tell of nothing before it is on disk', async () => {
    const hook = await httpDouble(() => ({}));
    open.push(hook);
    const [world, alerts] = [new NotifierWorld(), new AlertsDouble()];
    const notifier = await world.open({
      receivers: { hook: { type: 'webhook', url: hook.url } },
      routes: [{ name: 'all', receivers: ['hook'], groupWait: 0 }],
    });
    await notifyOfIncidents(alerts, notifier);
    let kept: () => void = () => undefined;
    alerts.whenDurable = new Promise((resolve) => (kept = resolve));
    alerts.tell({ incident, event: event('opened'), isSilenced: false });
    world.clock.advance(60_000);
    await notifier.settled();
    expect(await world.disk.list('/data/alerts/conversations')).toEqual([]);
    kept();
    await alerts.whenDurable;
    world.clock.advance(0);
    await until(() => alerts.lines.length === 1);
    expect(alerts.lines).toEqual([`${incident.id} notified`]);
    await notifier.stop();
  });
});
