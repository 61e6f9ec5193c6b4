import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpDouble, type HttpDouble } from '../alerts/notify/testing/http-double.js';
import { loadSettings } from '../config/index.js';
import { connectControl } from '../control/index.js';
import { createLog } from './log.js';
import { startServer, type RunningServer } from './start-server.js';

const secrets = ['token-of-the-hook', 'key-from-a-file'];

let root: string;
let hook: HttpDouble;
let server: RunningServer | undefined;
let logged: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sluice-notify-'));
  logged = '';
  hook = await httpDouble(({ path }) =>
    path.startsWith('/good') ? {} : { status: 404, body: `no hook at ${path}` },
  );
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await hook.close();
  rmSync(root, { recursive: true, force: true });
});

async function start(environment: Record<string, string>): Promise<RunningServer> {
  writeFileSync(join(root, 'hook.key'), 'key-from-a-file\n');
  writeFileSync(
    join(root, 'sluice.yaml'),
    `access: { passwords: { memoryKibibytes: 8, passes: 1 } }
alerts:
  receivers:
    good: { type: webhook, url: '${hook.url}/good/\${HOOK}', secret: { file: hook.key } }
    bad: { type: webhook, url: '${hook.url}/bad/\${HOOK}' }
  routes:
    - { name: all, receivers: [good, bad] }
`,
  );
  const sources = { flags: { amqp: '0', http: '0' }, environment, workingDirectory: root };
  const { settings, file } = await loadSettings(sources);
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const log = createLog({ level: 'debug', format: 'json', colour: false, stream });
  const options = { settings, sources, configFile: file, log, onFailure: () => undefined };
  return startServer({ ...options, onStopRequest: () => undefined });
}

async function ask(path: string): Promise<string> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  const url = `http://127.0.0.1:${server?.state.ports['http']}${path}`;
  return (await fetch(url, { headers: { authorization } })).text();
}

async function call(name: string, input: unknown): Promise<unknown> {
  const client = await connectControl(join(root, 'data'));
  if (client === undefined) throw new TypeError('no server');
  try {
    return await client.call(name, input).result;
  } finally {
    client.close();
  }
}

describe('a server that notifies', () => {
  it('tests a route, tells how receivers are, and keeps their secrets', async () => {
    server = await start({ HOOK: 'token-of-the-hook' });
    const tested = await call('alert.test-route', { route: 'all' });
    expect(tested).toEqual({
      outcomes: [
        { receiver: 'good', outcome: 'delivered' },
        { receiver: 'bad', outcome: 'refused', reason: 'it answered 404: no hook at ***' },
      ],
    });
    expect(hook.received.map(({ path }) => path).sort()).toEqual([
      '/bad/token-of-the-hook',
      '/good/token-of-the-hook',
    ]);
    expect(hook.received.find(({ path }) => path.startsWith('/good'))?.headers).toHaveProperty(
      'webhook-signature',
    );
    const listed = await ask('/v1/receivers');
    expect(JSON.parse(listed)).toMatchObject({
      total: 2,
      items: [
        { name: 'bad', state: 'broken', lastFailure: 'it answered 404: no hook at ***' },
        { name: 'good', state: 'working' },
      ],
    });
    expect(JSON.parse(await ask('/v1/alerts/routes'))).toMatchObject({
      routes: [{ name: 'all', receivers: ['good', 'bad'], groupWait: 10_000, continue: false }],
    });
    const metrics = await ask('/metrics');
    await call('audit.verify', {});
    const audit = readFileSync(join(root, 'data', 'access', 'audit.log'), 'utf8');
    expect(audit).toContain('notification-tested');
    for (const secret of secrets) {
      for (const text of [logged, listed, metrics, audit, JSON.stringify(tested)])
        expect(text).not.toContain(secret);
    }
    expect(logged).toContain('notify.receiver-broken');
  });

  it('does not start without a secret, and says which', async () => {
    await expect(start({})).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'alerts.receivers.good.url: the environment variable HOOK is not set',
    });
  });
});
