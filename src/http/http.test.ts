import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, systemRandom } from '../kernel/index.js';
import { Sessions, startHttp, type HttpServer, type HttpSource, type Readiness } from './index.js';

let server: HttpServer;
let readiness: Readiness;
let failures: unknown[];

const clock = systemClock();
const source: HttpSource = {
  ...{ clock, sessions: new Sessions({ clock, random: systemRandom() }) },
  version: '0.0.0',
  settings: { names: [], openMetrics: 'loopback' },
  readiness: () => {
    if (readiness.ready || readiness.reason !== 'bug') return readiness;
    throw new TypeError('secret detail');
  },
  parts: () => Promise.resolve(undefined),
  failed: (error) => failures.push(error),
};

beforeEach(async () => {
  readiness = { ready: true };
  failures = [];
  server = await startHttp([{ host: '127.0.0.1', port: 0 }], source);
});

afterEach(() => server.stop());

function portOf(running: HttpServer): number {
  return running.listeners[0]?.port ?? 0;
}

function get(path: string, options: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${portOf(server)}${path}`, options);
}

describe('health', () => {
  it('answers that the process is alive, whether ready or not', async () => {
    readiness = { ready: false, reason: 'recovering' };
    const response = await get('/healthz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('answers whether the server is ready, with the reason when it is not', async () => {
    expect((await get('/readyz')).status).toBe(200);
    readiness = { ready: false, reason: 'the journal is being recovered' };
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      reason: 'the journal is being recovered',
    });
  });

  it('lets a browser do nothing with an answer', async () => {
    for (const path of ['/healthz', '/nothing']) {
      const { headers } = await get(path);
      expect(headers.get('content-type')).toMatch(/application\/(problem\+)?json/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('knows no other path, and repeats nothing of what was asked', async () => {
    const response = await get('/<script>alert(1)</script>');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      type: 'urn:sluice:problem:not-found',
      title: 'Not there',
      status: 404,
      code: 'not-found',
      retryable: false,
    });
  });

  it('changes nothing by POST', async () => {
    const headers = { 'x-requested-with': 'test' };
    expect((await get('/readyz', { method: 'POST', headers })).status).toBe(404);
  });

  it('refuses a body over its bound', async () => {
    const body = JSON.stringify({ filler: 'a'.repeat(20_000) });
    const headers = { 'content-type': 'application/json' };
    expect((await get('/healthz', { method: 'POST', body, headers })).status).toBeGreaterThanOrEqual(400);
  });

  it('reports a bug without telling its details', async () => {
    readiness = { ready: false, reason: 'bug' };
    const response = await get('/readyz');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(failures).toHaveLength(1);
  });

  it('survives bytes that are no HTTP', async () => {
    const socket = connect(portOf(server), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('AMQP\0\0\x09\x01\r\n\r\n');
    socket.resume();
    await closed;
    expect((await get('/healthz')).status).toBe(200);
  });
});

describe('listening', () => {
  it('is refused on a taken port, and leaves nothing open', async () => {
    const port = portOf(server);
    const listeners = [
      { host: '127.0.0.1', port: 0 },
      { host: '127.0.0.1', port },
    ];
    await expect(startHttp(listeners, source)).rejects.toMatchObject({
      code: 'port-taken',
      details: { port },
    });
  });

  it('stops with a connection open, and twice', async () => {
    const socket = connect(portOf(server), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    await server.stop();
    await server.stop();
    await closed;
  });
});
