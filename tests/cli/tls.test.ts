/** TLS listeners: both protocols encrypted, client certificates, and certificates replaced without a restart. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect as connectAmqp } from 'amqplib';
import { issueCertificate } from '../../src/access/testing/issue-certificate.js';
import { makeWorkplace, type ReadyLine, type Workplace } from './sluice.js';

const root = { ...issueCertificate({ commonNames: ['Root'] }), commonName: 'Root' };
const alternatives = ['DNS:localhost'];
const first = issueCertificate({ commonNames: ['first'], alternatives, authority: root });
const second = issueCertificate({ commonNames: ['second'], alternatives, authority: root });
const client = issueCertificate({ commonNames: ['ada'], authority: root });

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
  await writeFile(join(place.folder, 'root.pem'), root.certificate);
  await install(first);
});

afterEach(() => place.close());

async function install(issued: typeof first): Promise<void> {
  await writeFile(join(place.folder, 'server.pem'), issued.certificate);
  await writeFile(join(place.folder, 'server.key'), issued.key);
  await chmod(join(place.folder, 'server.key'), 0o600);
}

interface TlsPorts {
  readonly amqps: number;
  readonly https: number;
}

async function up(...words: string[]): Promise<TlsPorts> {
  const tls = ['--tls-certificate', 'server.pem', '--tls-key', 'server.key'];
  const ready: ReadyLine = await place.up([
    ...['--amqp', 'off', '--amqps', '0', '--https', '0'],
    ...tls,
    ...words,
  ]).ready;
  return ready.ports as unknown as TlsPorts;
}

/** The name in the certificate that a server shows to a client that verifies it. */
function nameShownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { port, host: '127.0.0.1', servername: 'localhost', ca: root.certificate },
      () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

describe('TLS', () => {
  it('serves AMQP and HTTP, and takes new certificates at a reload', async () => {
    const { amqps, https } = await up();
    expect([await nameShownAt(amqps), await nameShownAt(https)]).toEqual(['first', 'first']);
    await install(second);
    const { stdout } = await place.sluice(['reload']);
    expect(stdout).toBe('No setting changed.\nCertificates were read again.\n');
    expect([await nameShownAt(amqps), await nameShownAt(https)]).toEqual(['second', 'second']);
  });

  it('keeps the certificate in force when the new one is no good', async () => {
    const { amqps } = await up();
    await writeFile(join(place.folder, 'server.pem'), 'half a certif');
    const { code, stderr } = await place.sluice(['reload']);
    expect(code).toBe(2);
    expect(stderr).toContain('server.pem');
    expect(await nameShownAt(amqps)).toBe('first');
  });

  it('lets a user in by client certificate', async () => {
    const { amqps } = await up(...['--tls-authority', 'root.pem', '--tls-client-certificates', 'optional']);
    await place.sluice(['user', 'add', 'ada'], 'lovelace\n');
    await place.sluice(['permissions', 'set', 'ada']);
    const connection = await connectAmqp(`amqps://localhost:${amqps}`, {
      host: '127.0.0.1',
      servername: 'localhost',
      ca: [root.certificate],
      cert: client.certificate,
      key: client.key,
      credentials: { mechanism: 'EXTERNAL', response: () => Buffer.alloc(0) },
    });
    const listed = await place.sluice(['connection', 'list', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ user: 'ada', encrypted: true }]);
    await connection.close();
  });

  it('does not start with a key that every user may read', async () => {
    await chmod(join(place.folder, 'server.key'), 0o644);
    const words = ['up', '--tls-certificate', 'server.pem', '--tls-key', 'server.key', '--amqp', '0'];
    const { code, stderr } = await place.sluice(words);
    expect(code).toBe(2);
    expect(stderr).toContain('server.key');
  });
});
