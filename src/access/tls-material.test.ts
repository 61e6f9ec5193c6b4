/** TLS material against real sockets: what is refused, what is kept, and that verification never lapses. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { accessSettings, openAccess, openTlsMaterial, tlsSettings, type TlsMaterial } from './index.js';
import { issueCertificate, type Issued } from './testing/issue-certificate.js';

const root = { ...issueCertificate({ commonNames: ['Root'] }), commonName: 'Root' };
const otherRoot = { ...issueCertificate({ commonNames: ['Other'] }), commonName: 'Other' };
const serverName = ['DNS:localhost'];
const first = issueCertificate({ commonNames: ['first'], alternatives: serverName, authority: root });
const second = issueCertificate({ commonNames: ['second'], alternatives: serverName, authority: root });
const clock = new FakeClock(Date.UTC(2026, 10, 22));

let directory = '';
const servers: Server[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(directory, { recursive: true });
});

async function put(name: string, content: string, mode = 0o600): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

async function putServer(issued: Issued): Promise<void> {
  await put('server.pem', issued.certificate);
  await put('server.key', issued.key);
}

function open(more: object = {}): Promise<TlsMaterial> {
  const files = { certificateFile: join(directory, 'server.pem'), keyFile: join(directory, 'server.key') };
  return openTlsMaterial(tlsSettings.parse({ ...files, ...more }), clock);
}

async function listen(
  material: TlsMaterial,
  onSocket: (socket: TLSSocket) => void = () => undefined,
): Promise<number> {
  const server = createServer(material.serverOptions(), (socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
    socket.end('welcome');
  });
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  material.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Met {
  readonly serverName: string;
  readonly text: string;
  readonly reused: boolean;
  readonly session: Buffer | undefined;
}

/** Connects as a client that verifies the server; rejects when either side refuses the other. */
function meet(port: number, client: Partial<Issued> & { session?: Buffer | undefined } = {}): Promise<Met> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', servername: 'localhost', ca: root.certificate };
    const credentials = client.certificate === undefined ? {} : { cert: client.certificate, key: client.key };
    const session = client.session === undefined ? {} : { session: client.session };
    const socket = connect({ ...options, ...credentials, ...session });
    let text = '';
    let ticket: Buffer | undefined;
    socket.on('session', (given) => (ticket = given));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    let name = '';
    let reused = false;
    socket.on('secureConnect', () => {
      reused = socket.isSessionReused();
      // A resumed session does not show the certificate again.
      if (!reused) name = String(socket.getPeerCertificate().subject.CN);
    });
    socket.on('end', () => {
      // Under TLS 1.3 a refused client learns of it only by getting nothing.
      if (text === '') reject(new TypeError('refused without a word'));
      resolve({ serverName: name, text, reused, session: ticket });
      socket.destroy();
    });
    socket.on('close', () => {
      reject(new TypeError('closed without a word'));
    });
  });
}

describe('loading', () => {
  it('serves what it loaded and says what it is', async () => {
    await putServer(first);
    const material = await open();
    expect(material.certificate).toMatchObject({
      subject: 'CN=first',
      expiresAtMs: Date.UTC(2049),
      warnings: [],
    });
    expect(await meet(await listen(material))).toMatchObject({ serverName: 'first', text: 'welcome' });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a key of another certificate', () => put('server.key', second.key), 'does not belong'],
    ['no key', () => rm(join(directory, 'server.key')), 'ENOENT'],
    ['an empty key', () => put('server.key', ''), 'not an unencrypted PEM private key'],
    ['an empty certificate', () => put('server.pem', ''), 'not a list of whole PEM certificates'],
    ['half a certificate', () => put('server.pem', first.certificate.slice(0, 200)), 'not a list of whole'],
    ['a certificate in the key’s place', () => put('server.key', first.certificate), 'private key'],
    [
      'a damaged certificate',
      () => put('server.pem', first.certificate.replace(/\n.{64}\n/, `\n${'A'.repeat(64)}\n`)),
      'damaged',
    ],
    [
      'a key that everybody may read',
      () => put('server.key', first.key, 0o644),
      'every user of this machine',
    ],
  ])('refuses %s', async (_, spoil, why) => {
    await putServer(first);
    await spoil();
    const attempt = open();
    await expect(attempt).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(attempt).rejects.toThrow(why);
    await expect(attempt).rejects.not.toThrow(first.key.split('\n')[1]);
  });

  it('loads a key that everybody may read when told to, and warns', async () => {
    await putServer(first);
    await put('server.key', first.key, 0o644);
    const { warnings } = (await open({ allowReadableKey: true })).certificate;
    expect(warnings).toEqual([expect.stringContaining('every user of this machine')]);
  });

  it.each([
    ['expired on', Date.UTC(2026, 10, 1)],
    ['expires on', Date.UTC(2026, 11, 1)],
  ])('warns of a certificate that %s', async (words, validToMs) => {
    await putServer(issueCertificate({ commonNames: ['x'], validToMs }));
    expect((await open()).certificate.warnings).toEqual([expect.stringContaining(words)]);
  });
});

describe('reloading', () => {
  it('puts a new certificate under a listener that stays', async () => {
    await putServer(first);
    const material = await open();
    const port = await listen(material);
    await putServer(second);
    expect(await material.reload()).toMatchObject({ ok: true, certificate: { subject: 'CN=second' } });
    expect((await meet(port)).serverName).toBe('second');
  });

  it('keeps the last good one when it fails (abuse case 15)', async () => {
    await putServer(first);
    const material = await open();
    const port = await listen(material);
    await put('server.pem', second.certificate);
    expect(await material.reload()).toMatchObject({ ok: false, problem: { code: 'config-invalid' } });
    expect(material.certificate.subject).toBe('CN=first');
    expect((await meet(port)).serverName).toBe('first');
  });
});

describe('client certificates (abuse case 22)', () => {
  const ana = issueCertificate({ commonNames: ['ana'], authority: root });
  const stranger = issueCertificate({ commonNames: ['ana'], authority: otherRoot });

  async function openFor(
    clientCertificates: 'optional' | 'required',
    authority: string,
  ): Promise<TlsMaterial> {
    await putServer(first);
    const clientAuthorityFile = await put('authority.pem', authority);
    return open({ clientCertificates, clientAuthorityFile });
  }

  it('cannot be asked for without an authority', () => {
    const files = { certificateFile: 'a', keyFile: 'b' };
    expect(tlsSettings.safeParse({ ...files, clientCertificates: 'optional' }).success).toBe(false);
    expect(tlsSettings.safeParse({ ...files, clientCertificates: 'required' }).success).toBe(false);
    expect(tlsSettings.safeParse({ ...files, verify: 'none' }).success).toBe(false);
  });

  it.each(['', 'nothing of the kind'])(
    'cannot be asked for with an authority file like %j',
    async (authority) => {
      await expect(openFor('required', authority)).rejects.toMatchObject({ code: 'config-invalid' });
    },
  );

  it('are required where so configured, and of the right authority', async () => {
    const port = await listen(await openFor('required', root.certificate));
    expect((await meet(port, ana)).text).toBe('welcome');
    await expect(meet(port)).rejects.toThrow();
    await expect(meet(port, stranger)).rejects.toThrow();
  });

  it('are still required after a reload, failed or not', async () => {
    const material = await openFor('required', root.certificate);
    const port = await listen(material);
    await put('authority.pem', '');
    expect((await material.reload()).ok).toBe(false);
    await expect(meet(port)).rejects.toThrow();
    expect((await meet(port, ana)).text).toBe('welcome');
    await put('authority.pem', otherRoot.certificate);
    expect((await material.reload()).ok).toBe(true);
    await expect(meet(port, ana)).rejects.toThrow();
    expect((await meet(port, stranger)).text).toBe('welcome');
  });

  it('of an authority that was taken away do not come back in an old session', async () => {
    const material = await openFor('required', root.certificate);
    const port = await listen(material);
    const { session } = await meet(port, ana);
    expect((await meet(port, { ...ana, session })).reused).toBe(true);
    await put('authority.pem', otherRoot.certificate);
    await material.reload();
    await expect(meet(port, { ...ana, session })).rejects.toThrow();
  });

  it('sign their user in under EXTERNAL, verified ones only', async () => {
    const access = await openAccess({
      directory: '/data',
      disk: new SimulatedDisk({ random: seededRandom(1) }),
      clock,
      random: seededRandom(1),
      settings: accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 }, loopbackUsers: [] }),
    });
    const by = { identity: access.operator, source: 'test' };
    await access.importUser({ name: 'ana', passwordHash: '', tags: [] }, by);
    const outcomes: string[] = [];
    const signIns: Promise<void>[] = [];
    const port = await listen(await openFor('optional', root.certificate), (socket) => {
      const { authorized, remoteAddress: peerAddress } = socket;
      const signIn = {
        mechanism: 'EXTERNAL',
        authorized,
        certificate: socket.getPeerCertificate(),
        peerAddress,
      } as const;
      signIns.push(
        access.authenticate(signIn).then((outcome) => {
          outcomes.push(outcome.ok ? outcome.identity.name : outcome.reason);
        }),
      );
    });
    const bob = issueCertificate({ commonNames: ['bob'], authority: root });
    const two = issueCertificate({ commonNames: ['ana', 'guest'], authority: root });
    for (const client of [ana, stranger, bob, two, {}]) await meet(port, client);
    await Promise.all(signIns);
    expect(outcomes).toEqual([
      'ana',
      'no-certificate',
      'bad-credentials',
      'no-certificate',
      'no-certificate',
    ]);
    await access.close();
  });
});
