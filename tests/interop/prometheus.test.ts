/**
 * Debian's Prometheus and Alertmanager, real: Prometheus scrapes a server under load as the exported file says, runs the
 * exported rules, and its alert arrives at a receiver (a double) through Alertmanager. Every query of every dashboard
 * finds data there.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { httpDouble, type HttpDouble } from '../../src/alerts/notify/testing/http-double.js';
import { livingLoad, type LivingLoad } from '../support/living-load.js';
import { queriesOf, shippedDashboards } from '../support/dashboards.js';
import type { BrokerServer } from '../support/server.mjs';
import {
  alertmanagerUnavailable,
  startAlertmanager,
  type AlertmanagerServer,
} from '../support/start-alertmanager.mjs';
import {
  prometheusUnavailable,
  startPrometheus,
  type PrometheusServer,
} from '../support/start-prometheus.mjs';
import { runSluice, sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';

const reason = prometheusUnavailable() ?? alertmanagerUnavailable() ?? sluiceUnavailable();
if (reason !== undefined && process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);
if (reason !== undefined) console.warn(`skipped: ${reason}`);

const inTimeMs = 90_000;
const pollMs = 500;

/** Queries that may rightly find nothing, by the panel that they stand in. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  Lag: 'no cluster of Kafka or RocketMQ is watched',
  'Partitions at risk': 'no cluster of Kafka or RocketMQ is watched',
};

/** What Grafana fills in. */
function filledIn(query: string): string {
  return query
    .replaceAll('$__rate_interval', '30s')
    .replaceAll('$__range', '5m')
    .replaceAll(/\$(engine|vhost|queue|task)/g, '.*');
}

interface Vector {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: [number, string];
  }[];
}

interface Notification {
  readonly status: string;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

describe.skipIf(reason !== undefined)('Prometheus', () => {
  const closing: (() => Promise<unknown>)[] = [];
  let directory: string;
  let sluice: BrokerServer;
  let page: HttpDouble;
  let manager: AlertmanagerServer;
  let prometheus: PrometheusServer;
  let load: LivingLoad;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-prometheus-test-'));
    closing.push(() => rm(directory, { recursive: true, force: true }));
    const exported = await runSluice(['export', 'prometheus', '--out', directory, '--for', '0s']);
    expect(exported).toMatchObject({ code: 0 });
    const config = join(directory, 'sluice.yaml');
    await writeFile(config, 'monitor: { probe: { every: 500ms } }\n');
    sluice = await startSluice({ flags: ['--config', config] });
    closing.push(() => sluice.stop());
    page = await httpDouble(() => ({}));
    closing.push(() => page.close());
    manager = await startAlertmanager({ receiverUrl: page.url });
    closing.push(() => manager.stop());
    load = await livingLoad(sluice.url);
    closing.push(() => load.stop());
    prometheus = await startPrometheus({
      scrape: await scrapeOf(join(directory, 'sluice.scrape.yml'), sluice.ports.http!),
      rulesPath: join(directory, 'sluice.rules.yml'),
      alertmanager: manager.url,
    });
    closing.push(() => prometheus.stop());
  }, 120_000);

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  }, 60_000);

  async function find(query: string): Promise<Vector['result']> {
    const { result } = (await prometheus.api('query', { query })) as Vector;
    return result.filter(({ value: [, text] }) => text !== 'NaN');
  }

  it('fires by the exported rules, and the alert arrives through Alertmanager', async () => {
    const arrived = () =>
      page.received
        .flatMap(({ body }) => (JSON.parse(body) as Notification).alerts)
        .find(({ labels }) => labels['rule'] === 'no-consumers' && labels['queue'] === 'lonely');
    for (const endMs = Date.now() + inTimeMs; arrived() === undefined && Date.now() < endMs;)
      await after(pollMs);
    expect(arrived()).toMatchObject({
      labels: {
        alertname: 'SluiceNoConsumers',
        severity: 'warning',
        engine: 'embedded',
        vhost: '/',
        job: 'sluice',
      },
      annotations: { summary: expect.stringMatching(/^lonely has \d+ messages and no consumer$/) as string },
    });
    const rules = (await prometheus.api('rules', {})) as {
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    };
    const all = rules.groups.flatMap((group) => group.rules);
    expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  }, 120_000);

  it('finds data for every query of every dashboard', async () => {
    const queries = (await shippedDashboards()).flatMap((each) => queriesOf(each));
    expect(queries.length).toBeGreaterThan(80);
    let missing = queries.filter(({ panel }) => mayBeEmpty[panel] === undefined);
    for (const endMs = Date.now() + inTimeMs; missing.length > 0 && Date.now() < endMs;) {
      const found = await Promise.all(missing.map(({ query }) => find(filledIn(query))));
      missing = missing.filter((_, place) => found[place]!.length === 0);
      if (missing.length > 0) await after(pollMs);
    }
    expect(missing).toEqual([]);
    // Those that find nothing are understood all the same.
    for (const { query } of queries) await find(filledIn(query));
  }, 150_000);
});

/** The exported scrape, of this server. */
async function scrapeOf(path: string, port: number): Promise<Readonly<Record<string, unknown>>[]> {
  const document = parse(await readFile(path, 'utf8')) as { scrape_configs: Record<string, unknown>[] };
  return document.scrape_configs.map((each) => ({
    ...each,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  }));
}
