import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from '../testing/http-fixture.js';

let fixture: HttpFixture;
const hostile = 'a"b\\c\nd{}=,';

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  for (const queue of ['orders', hostile]) {
    await server.call('queue.declare', {
      vhost: '/',
      queue,
      durable: true,
      autoDelete: false,
      arguments: {},
    });
    const message = { vhost: '/', exchange: '', routingKey: queue, properties: {}, body: 'eA==' };
    await server.call('publish', message);
  }
});

afterAll(() => fixture.close());

/** Of what is measured now. */
async function scrape(path = '/metrics', accept?: string): Promise<string> {
  await fixture.server.measure();
  const headers: Record<string, string> = accept === undefined ? {} : { accept };
  const { status: code, text } = await fixture.ask('GET', path, { user: null, headers });
  expect(code, text).toBe(200);
  return text;
}

describe('metrics', () => {
  it('sum up queues by virtual host', async () => {
    const lines = (await scrape()).split('\n');
    expect(lines).toContain('# TYPE sluice_messages_published_total counter');
    expect(lines).toContain('sluice_messages_published_total{engine="embedded",vhost="/"} 2');
    expect(lines).toContain('sluice_messages_ready{engine="embedded",vhost="/"} 2');
    expect(lines).toContain('sluice_queues{engine="embedded",vhost="/"} 2');
    expect(lines).toContain('sluice_connections{engine="embedded"} 1');
    expect(lines).toContain('sluice_alarm{engine="embedded",alarm="memory"} 0');
    expect(lines).toContain('sluice_build_info{engine="embedded",version="1.2.3"} 1');
  });

  it('leave out what is unknown', async () => {
    expect(await scrape()).not.toMatch(/sluice_disk_free|sluice_memory_limit|NaN|undefined/);
  });

  it('show each queue on request, whatever its name', async () => {
    const lines = (await scrape('/metrics?per=queue')).split('\n');
    expect(lines).toContain('sluice_messages_ready{engine="embedded",vhost="/",queue="orders"} 1');
    expect(lines).toContain(
      'sluice_messages_ready{engine="embedded",vhost="/",queue="a\\"b\\\\c\\nd{}=,"} 1',
    );
    expect((await fixture.ask('GET', '/metrics?per=message')).status).toBe(400);
    expect((await fixture.ask('GET', '/metrics?per=')).status).toBe(400);
    expect((await fixture.ask('GET', '/metrics?per=queue,connection', { user: null })).status).toBe(200);
  });

  it('never fall when a queue goes', async () => {
    const { server } = fixture;
    const name = { vhost: '/', queue: 'gone' };
    await server.call('queue.declare', { ...name, durable: true, autoDelete: false, arguments: {} });
    await server.call('publish', { vhost: '/', exchange: '', routingKey: 'gone', properties: {}, body: '' });
    await server.call('queue.delete', { ...name, ifUnused: false, ifEmpty: false });
    expect(await scrape()).toContain('sluice_messages_published_total{engine="embedded",vhost="/"} 3\n');
  });

  it('tell how old they are', async () => {
    await scrape();
    fixture.server.clock.advance(4_000);
    const { text } = await fixture.ask('GET', '/metrics');
    expect(text).toContain('sluice_measurement_age_seconds{source="queues embedded"} 5\n');
  });

  it('come as OpenMetrics where that is asked for', async () => {
    const text = await scrape(
      '/metrics?per=queue',
      'application/openmetrics-text;version=1.0.0,text/plain;q=0.1',
    );
    expect(text).toContain('# TYPE sluice_messages_published counter\n');
    expect(text).toContain('\nsluice_messages_published_total{');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  it('keep every family in one piece, each named once', async () => {
    for (const path of ['/metrics', '/metrics?per=queue']) {
      const families: string[] = [];
      for (const line of (await scrape(path)).trimEnd().split('\n')) {
        const name = /^# TYPE (\S+)/.exec(line)?.[1];
        if (name !== undefined) families.push(name);
        if (!line.startsWith('#')) expect(line.startsWith(families.at(-1)!), line).toBe(true);
      }
      expect(new Set(families).size).toBe(families.length);
    }
  });

  it('need a user who may monitor, where the settings say so', async () => {
    const closed = await httpFixture({ settings: { names: [], openMetrics: 'nobody' } });
    await closed.addUser('watcher', ['monitoring']);
    await closed.addUser('stranger', ['management'], '.*');
    expect((await closed.ask('GET', '/metrics', { user: null })).status).toBe(401);
    expect((await closed.ask('GET', '/metrics', { user: 'stranger:stranger' })).status).toBe(403);
    expect((await closed.ask('GET', '/metrics', { user: 'watcher:watcher' })).status).toBe(200);
    await closed.close();
  });
});

const promtool = spawnSync('promtool', ['--version']);
const reason = promtool.error === undefined ? undefined : 'promtool is not installed (package prometheus)';
const isRequired = process.env['SLUICE_REQUIRE_ALL'] === '1';
if (reason !== undefined) console.warn(`skipped: ${reason}`);

describe.skipIf(reason !== undefined && !isRequired)('promtool check metrics', () => {
  it.each(['/metrics', '/metrics?per=queue'])('has nothing to say about %s', async (path) => {
    const {
      status: code,
      stdout,
      stderr,
    } = spawnSync('promtool', ['check', 'metrics'], { input: await scrape(path) });
    expect({ code, said: `${String(stdout)}${String(stderr)}` }).toEqual({ code: 0, said: '' });
  });
});
