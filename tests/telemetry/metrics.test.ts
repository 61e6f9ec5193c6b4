/** What is measured, as a collector gets it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSluice } from '../support/start-sluice.mjs';
import { attribute, Collector, type CollectedMetric, type CollectedPoint } from './collector.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-telemetry-'));
});

afterAll(() => rm(directory, { recursive: true }));

function pointsOf({ sum, gauge, histogram }: CollectedMetric): readonly CollectedPoint[] {
  return (sum ?? gauge ?? histogram)?.dataPoints ?? [];
}

it('sends counters, gauges and histograms of a server, and nothing of what is unknown', async () => {
  await using collector = await Collector.start();
  const config = join(directory, 'sluice.yaml');
  await writeFile(
    config,
    `telemetry: { otlp: { endpoint: '${collector.endpoint}', every: 1s, headers: { x-key: hidden } } }\n`,
  );
  const server = await startSluice({ flags: ['--config', config] });
  try {
    const connection = await connect(server.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('orders');
    for (let n = 0; n < 5; n++) channel.sendToQueue('orders', Buffer.from('order'));
    await channel.waitForConfirms();
    const published = await collector.until(({ metrics }) =>
      metrics.find(
        (metric) =>
          metric.name === 'sluice_messages_published_total' &&
          pointsOf(metric).some(({ asDouble }) => asDouble === 5),
      ),
    );
    expect(published).toMatchObject({ unit: '{message}', sum: { isMonotonic: true } });
    const [point] = pointsOf(published);
    expect(attribute(point!, 'sluice.engine')).toBe('embedded');
    expect(attribute(point!, 'sluice.vhost')).toBe('/');
    const names = collector.metrics.map(({ name }) => name);
    expect(names).toContain('sluice_process_resident_memory_bytes');
    expect(names).not.toContain('sluice_lag_messages');
    for (const metric of collector.metrics)
      for (const { asDouble, count } of pointsOf(metric))
        expect(asDouble ?? count).toEqual(expect.any(Number));
    expect(collector.requests[0]).toMatchObject({ path: '/v1/metrics', headers: { 'x-key': 'hidden' } });
    await connection.close();
  } finally {
    await server.stop();
  }
});
