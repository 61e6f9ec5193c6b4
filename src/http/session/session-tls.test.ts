import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTlsMaterial, tlsSettings } from '../../access/index.js';
import { issueCertificate } from '../../access/testing/issue-certificate.js';
import { SluiceError, systemClock, systemRandom } from '../../kernel/index.js';
import { memoryServer, type MemoryServer } from '../../operations/testing/memory-server.js';
import { Sessions, startHttp, type HttpServer } from '../index.js';

let folder: string;
let server: MemoryServer;
let http: HttpServer;
const issued = issueCertificate({ commonNames: ['localhost'], alternatives: ['DNS:localhost'] });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-session-'));
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await writeFile(certificateFile, issued.certificate);
  await writeFile(keyFile, issued.key, { mode: 0o600 });
  const clock = systemClock();
  const tls = await openTlsMaterial(tlsSettings.parse({ certificateFile, keyFile }), clock);
  server = await memoryServer();
  const plan = { host: '127.0.0.1', port: 0 };
  http = await startHttp([plan, { ...plan, tls }], {
    ...{ clock, version: '0.0.0', settings: { names: [], openMetrics: 'nobody' } },
    sessions: new Sessions({ clock, random: systemRandom() }),
    readiness: () => ({ ready: true }),
    parts: () =>
      Promise.resolve({
        services: server.services,
        tasks: () => Promise.reject(new SluiceError('unsupported', 'no tasks here')),
      }),
    failed: (error) => {
      throw error;
    },
  });
});

afterEach(async () => {
  await http.stop();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly cookie: string;
}

/** Asks over TLS, by the name of the certificate, which is checked. */
function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  const { port } = http.listeners.find(({ isEncrypted }) => isEncrypted)!;
  const options = { host: '127.0.0.1', servername: 'localhost', port, ca: issued.certificate, agent: false };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, method, path, headers }, (response) => {
      response.resume();
      const cookie = response.headers['set-cookie']?.[0] ?? '';
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, cookie });
      });
    });
    asked.once('error', reject).end(body);
  });
}

it('over TLS the cookie is for this host and for TLS alone, by a name of its own', async () => {
  const body = JSON.stringify({ user: 'guest', password: 'guest' });
  const { status, cookie } = await ask('POST', '/v1/session', { 'content-type': 'application/json' }, body);
  expect(status).toBe(201);
  expect(cookie).toMatch(/^__Host-sluice-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  const [pair] = cookie.split(';');
  expect((await ask('GET', '/v1/whoami', { cookie: pair! })).status).toBe(200);
  const value = pair!.split('=')[1]!;
  expect((await ask('GET', '/v1/whoami', { cookie: `sluice-session=${value}` })).status).toBe(401);
  const { port } = http.listeners.find(({ isEncrypted }) => !isEncrypted)!;
  const overPlain = await fetch(`http://127.0.0.1:${port}/v1/whoami`, { headers: { cookie: pair! } });
  expect(overPlain.status).toBe(401);
});
