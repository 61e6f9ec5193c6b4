/** Incidents in Prometheus's own Alertmanager: fired, refreshed, and over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifySettings, openNotifier, type Notifier } from '../../src/alerts/index.js';
import { httpDouble, type HttpDouble } from '../../src/alerts/notify/testing/http-double.js';
import { alert, event, incident } from '../../src/alerts/notify/testing/incident-fixture.js';
import { systemClock, systemDisk, systemRandom } from '../../src/kernel/index.js';
import {
  alertmanagerUnavailable,
  startAlertmanager,
  type AlertmanagerServer,
} from '../support/start-alertmanager.mjs';

const unavailable = alertmanagerUnavailable();
if (unavailable !== undefined) {
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(unavailable);
  console.warn(`skipped: ${unavailable}`);
}

interface Delivered {
  readonly status: string;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
  }[];
}

describe.skipIf(unavailable !== undefined)('Alertmanager', () => {
  const nowMs = systemClock().now();
  const current = { ...incident, openedMs: nowMs, alerts: [{ ...alert, sinceMs: nowMs }] };
  let directory: string;
  let page: HttpDouble;
  let server: AlertmanagerServer;
  let notifier: Notifier;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-notify-'));
    page = await httpDouble(() => ({}));
    server = await startAlertmanager({ receiverUrl: page.url });
    notifier = await openNotifier({
      settings: notifySettings.parse({
        link: 'https://sluice.example/',
        receivers: { prometheus: { type: 'alertmanager', url: server.url, refresh: '250ms' } },
        routes: [{ name: 'all', receivers: ['prometheus'], groupWait: 0 }],
      }),
      ...{ directory, disk: systemDisk(), clock: systemClock(), random: systemRandom() },
      ...{ version: '1.2.3', environment: {}, log: () => undefined },
    });
    await notifier.start();
  }, 30_000);

  afterAll(async () => {
    await notifier.stop();
    await server.stop();
    await page.close();
    await rm(directory, { recursive: true, force: true });
  }, 30_000);

  const deliveries = (): Delivered[] => page.received.map(({ body }) => JSON.parse(body) as Delivered);

  it('tells its own receivers what fires, keeps it firing, and hears of its end', async () => {
    notifier.notify(current, event('opened'));
    await page.has(1);
    const [fired] = deliveries();
    expect(fired?.status).toBe('firing');
    expect(fired?.alerts[0]).toMatchObject({
      labels: {
        ...{ alertname: 'queue-grows', severity: 'warning', team: 'payments', kind: 'queue' },
        ...{ engine: 'main', vhost: '/', queue: 'orders' },
      },
      annotations: {
        summary: 'orders has 12,000 messages',
        incident: 'i-1',
        command: 'sluice remedy add-workers --queue orders',
      },
    });
    // Without refreshes it would be over after a second.
    const firstEnd = await endOf(server.url);
    let end = firstEnd;
    while (end < firstEnd + 1_500) end = await endOf(server.url);
    expect(page.received).toHaveLength(1);
    const overMs = systemClock().now();
    notifier.notify(
      {
        ...current,
        state: 'resolved',
        resolvedMs: overMs,
        alerts: [{ ...current.alerts[0]!, state: 'resolved', endedMs: overMs }],
      },
      event('resolved'),
    );
    await page.has(2);
    expect(deliveries()[1]?.status).toBe('resolved');
  }, 30_000);

  /** When the alert would be over, were nothing more heard of it. */
  async function endOf(url: string): Promise<number> {
    const response = await fetch(`${url}/api/v2/alerts`);
    const [active] = (await response.json()) as { endsAt: string }[];
    return Date.parse(active?.endsAt ?? '');
  }
});
