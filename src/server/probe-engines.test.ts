/** Probes as the settings ask for them: of the own engine, and of another server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import type { JsonValue } from '../engines/index.js';
import { createLog } from './log.js';
import { startServer, type RunningServer } from './start-server.js';

let root: string;
const running: RunningServer[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-probes-'));
});
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Writes the configuration of a server. */
function configure(name: string, settings: Record<string, JsonValue>): string {
  const file = join(root, `${name}.yaml`);
  const passwords = { memoryKibibytes: 8, passes: 1 };
  writeFileSync(
    file,
    JSON.stringify({ data: name, access: { passwords }, log: { level: 'error' }, ...settings }),
  );
  return file;
}

async function start(name: string, settings: Record<string, JsonValue> = {}): Promise<RunningServer> {
  const file = configure(name, settings);
  const sources = { flags: { amqp: '0', http: '0', config: file }, environment: {}, workingDirectory: root };
  const loaded = await loadSettings(sources);
  const server = await startServer({
    ...{ settings: loaded.settings, sources, configFile: loaded.file },
    log: createLog({ level: 'error', format: 'json', colour: false, stream: process.stderr }),
    onFailure: (error) => {
      throw error;
    },
    onStopRequest: () => undefined,
  });
  running.push(server);
  return server;
}

/** The probe metrics of an engine, without `sluice_` and buckets, when enough probes were sent. */
async function probed(server: RunningServer, engine: string): Promise<Record<string, number>> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${server.state.ports['http']}/metrics`);
    const found: Record<string, number> = {};
    const pattern = /^sluice_(probes?_\w+)\{engine="([^"]+)"\} (\S+)$/gm;
    for (const [, name, of, value] of (await answer.text()).matchAll(pattern))
      if (of === engine) found[name!] = Number(value);
    if ((found['probes_sent_total'] ?? 0) > 5) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const allIsWell = {
  ...{ probes_lost_total: 0, probes_duplicated_total: 0, probes_reordered_total: 0 },
  ...{ probe_outages_total: 0, probe_outage_seconds: 0, probe_down_seconds_total: 0 },
};

it('probes the own engine when asked to, and not else', { timeout: 60_000 }, async () => {
  const server = await start('asked', { monitor: { probe: { every: '100ms' } } });
  const found = await probed(server, 'embedded');
  expect(found).toMatchObject(allIsWell);
  expect(found['probe_up_seconds_total']).toBeGreaterThan(0);
  expect(found['probe_round_trip_seconds_count']).toBeGreaterThan(4);
  const other = await start('not-asked');
  const text = await (await fetch(`http://127.0.0.1:${other.state.ports['http']}/metrics`)).text();
  expect(text).toContain('sluice_engine_up{engine="embedded"} 1');
  expect(text).not.toContain('sluice_probe');
});

it('probes another server through AMQP unless it is turned off', { timeout: 60_000 }, async () => {
  const { amqp, http } = (await start('other')).state.ports;
  const address = `amqp://guest:guest@127.0.0.1:${amqp}?management=http://127.0.0.1:${http}`;
  const probe = { every: '100ms', queue: 'sluice.probe.here' };
  const server = await start('here', {
    engines: { other: { address, probe }, silent: { address, probe: false } },
  });
  expect(await probed(server, 'other')).toMatchObject(allIsWell);
  const text = await (await fetch(`http://127.0.0.1:${server.state.ports['http']}/metrics`)).text();
  expect(text).not.toContain('sluice_probes_sent_total{engine="silent"}');
  const queues = await fetch(`http://127.0.0.1:${http}/api/queues`, {
    headers: { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` },
  });
  const names = ((await queues.json()) as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(['sluice.probe.here']);
});

it('probes what a reload names, and no more what it does not', { timeout: 60_000 }, async () => {
  const { amqp, http } = (await start('other')).state.ports;
  const server = await start('here');
  const address = `amqp://guest:guest@127.0.0.1:${amqp}?management=http://127.0.0.1:${http}`;
  const probe = { every: '100ms' };
  configure('here', { monitor: { probe }, engines: { other: { address, probe } } });
  await server.hangUp();
  expect(await probed(server, 'embedded')).toMatchObject(allIsWell);
  expect(await probed(server, 'other')).toMatchObject(allIsWell);
  configure('here', {});
  expect(await server.hangUp()).toMatchObject({
    changes: [{ text: 'monitor.probe' }, { text: 'engine other removed' }],
  });
  const gone = ['sluice_engine_up{engine="other"}', 'sluice_probe'];
  for (let text = gone.join(); gone.some((each) => text.includes(each));) {
    text = await (await fetch(`http://127.0.0.1:${server.state.ports['http']}/metrics`)).text();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
