/**
 * A server with certificates and the clients that meet it: those that verify each other, those that must not get
 * in, and those connected while a certificate is replaced.
 */
import { once } from 'node:events';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { connect as connectAmqp, type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueCertificate, type Issued } from '../src/access/testing/issue-certificate.js';
import { makeWorkplace, type Server, type Workplace } from './cli/sluice.js';
import { protocolHeader, RawConnection } from './conformance/wire/raw-connection.js';
import { python, requirePython } from './interop/installed.js';
import { pythonPath } from './interop/python-program.js';
import { runProgram } from './support/child.mjs';

const authority = { ...issueCertificate({ commonNames: ['Authority'] }), commonName: 'Authority' };
const stranger = { ...issueCertificate({ commonNames: ['Stranger'] }), commonName: 'Stranger' };
const external = { mechanism: 'EXTERNAL', response: () => Buffer.alloc(0) };
const logTimeoutMs = 30_000;

function issueServer(commonName: string, validToMs = Date.UTC(2049)): Issued {
  const alternatives = ['DNS:localhost'];
  return issueCertificate({ commonNames: [commonName], alternatives, authority, validToMs });
}

/** A client's certificate, from the authority that the server trusts unless told. */
function issueClient(commonName: string, by = authority): { cert: string; key: string } {
  const { certificate, key } = issueCertificate({ commonNames: [commonName], authority: by });
  return { cert: certificate, key };
}

function selfSigned(commonName: string): { cert: string; key: string } {
  const { certificate, key } = issueCertificate({ commonNames: [commonName] });
  return { cert: certificate, key };
}

function expired(commonName: string): { cert: string; key: string } {
  const { certificate, key } = issueCertificate({
    commonNames: [commonName],
    authority,
    validToMs: Date.UTC(2021),
  });
  return { cert: certificate, key };
}

let place: Workplace;
let server: Server;
let port: number;
let plainPort: number;
const open: ChannelModel[] = [];

function path(name: string): string {
  return join(place.folder, name);
}

/** Puts a certificate where the server looks for it. */
async function install({ certificate, key }: Issued): Promise<void> {
  await writeFile(path('new.pem'), certificate);
  await writeFile(path('new.key'), key, { mode: 0o600 });
  await rename(path('new.pem'), path('server.pem'));
  await rename(path('new.key'), path('server.key'));
}

/** The tests of a group share a server, whose configuration file names the certificates relative to itself. */
function serveFor(clientCertificates: 'none' | 'optional' | 'required'): void {
  beforeAll(async () => {
    place = await makeWorkplace();
    await writeFile(path('authority.pem'), authority.certificate);
    await writeFile(path('stranger.pem'), stranger.certificate);
    await install(issueServer('first'));
    await writeFile(
      path('sluice.yaml'),
      `amqp: { tlsPort: 0 }
http: { tlsPort: off }
tls:
  certificateFile: server.pem
  keyFile: server.key
  clientAuthorityFile: authority.pem
  clientCertificates: ${clientCertificates}
`,
    );
    server = place.up();
    const { ports } = await server.ready;
    [port, plainPort] = [ports.amqps!, ports.amqp];
    await addUser('billing');
  });
  afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));
  afterAll(() => place.close());
}

/** Lets `name` in; it has a password that nobody uses. */
async function addUser(name: string): Promise<void> {
  expect(await place.sluice(['user', 'add', name], 'unused password\n')).toMatchObject({ code: 0 });
  expect(await place.sluice(['permissions', 'set', name])).toMatchObject({ code: 0 });
}

const verifying = { ca: [authority.certificate], servername: 'localhost' };

/** Connects with amqplib; closed after the test. */
async function amqps(options: object = {}): Promise<ChannelModel> {
  const connection = await connectAmqp(`amqps://localhost:${port}`, { ...verifying, ...options });
  open.push(connection);
  return connection;
}

/** Sends itself a message; gives what came back. */
async function roundTrip(connection: ChannelModel): Promise<string | undefined> {
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('over TLS'), { mandatory: true });
  await channel.waitForConfirms();
  const message = await channel.get(queue, { noAck: true });
  await channel.close();
  return message === false ? undefined : message.content.toString();
}

async function tlsSocket(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ...verifying, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** The name in the certificate that new connections see. */
async function nameShown(): Promise<string> {
  const socket = await tlsSocket();
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

async function pika(...files: string[]): Promise<Record<string, string>> {
  const run = await runProgram(python, [pythonPath('pika_tls.py'), String(port), ...files.map(path)]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(run.stdout) as Record<string, string>;
}

/** How a raw client that insists on EXTERNAL fares. */
async function insistOnExternal(options: ConnectionOptions): Promise<number | 'in'> {
  const connection = new RawConnection(await tlsSocket(options));
  await connection.start({ mechanism: 'EXTERNAL', response: Buffer.alloc(0) });
  const answer = await connection.inbox(0).take('an answer', () => true);
  connection.destroy();
  return answer.name === 'connection.tune' ? 'in' : Number(answer.args['replyCode']);
}

/** The next line of the log with that event. */
function logged(event: string): Promise<string> {
  return server.line((line) => (line.includes(`"event":"${event}"`) ? line : undefined), logTimeoutMs);
}

/** Sends SIGHUP and gives the line of the log with that event. */
async function hangUp(event: string): Promise<string> {
  const told = logged(event);
  process.kill(server.pid!, 'SIGHUP');
  return told;
}

/** Everything a socket receives until it is closed, and whether it was reset. */
async function untilClosed(
  socket: ReturnType<typeof connectPlain>,
): Promise<{ bytes: Buffer; error: unknown }> {
  const chunks: Buffer[] = [];
  let error: unknown;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', (problem) => (error = problem));
  await once(socket, 'close');
  return { bytes: Buffer.concat(chunks), error };
}

describe('a server with a certificate', () => {
  serveFor('none');

  it('serves clients that verify it', async (context) => {
    const connection = await amqps();
    expect(await roundTrip(connection)).toBe('over TLS');
    await requirePython(context, 'pika');
    expect(await pika('authority.pem')).toEqual({ received: 'over TLS' });
  });

  it('is refused by clients that trust another authority, and serves on', async (context) => {
    const told = logged('amqp.tls-failed');
    await expect(amqps({ ca: [stranger.certificate] })).rejects.toThrow(/certificate/);
    await told;
    expect(await roundTrip(await amqps())).toBe('over TLS');
    await requirePython(context, 'pika');
    expect((await pika('stranger.pem'))['refused']).toMatch(/CERTIFICATE_VERIFY_FAILED/);
  });

  it('closes connections that speak plainly where TLS is spoken, and the other way round', async () => {
    const plain = connectPlain(port, '127.0.0.1');
    plain.write(protocolHeader);
    const { bytes, error } = await untilClosed(plain);
    // At most a TLS alert (content type 21); never a word of AMQP, and no reset.
    expect([error, bytes.length === 0 || bytes[0] === 21]).toEqual([undefined, true]);
    await expect(tlsSocket({ port: plainPort })).rejects.toThrow();
    expect(await roundTrip(await amqps())).toBe('over TLS');
  });
});

describe('a client certificate', () => {
  serveFor('optional');

  it('signs in the user that it names', async (context) => {
    const identity = issueClient('billing');
    const connection = await amqps({ ...identity, credentials: external });
    expect(await roundTrip(connection)).toBe('over TLS');
    const { stdout } = await place.sluice(['connection', 'list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([{ user: 'billing', encrypted: true }]);
    await requirePython(context, 'pika');
    await writeFile(path('client.pem'), identity.cert);
    await writeFile(path('client.key'), identity.key);
    expect(await pika('authority.pem', 'client.pem', 'client.key')).toEqual({ received: 'over TLS' });
  });

  it.each([
    ['that names no user', () => issueClient('nobody')],
    ['of another authority', () => issueClient('billing', stranger)],
    ['that signed itself', () => selfSigned('billing')],
    ['that has expired', () => expired('billing')],
    ['that is not shown', () => ({})],
  ])('signs nobody in %s', async (_, identity) => {
    expect(await insistOnExternal(identity())).toBe(403);
    // It is no reason to refuse a password either.
    expect(await roundTrip(await amqps(identity()))).toBe('over TLS');
  });
});

describe('SIGHUP', () => {
  serveFor('optional');
  beforeEach(async () => {
    await install(issueServer('first'));
    await hangUp('server.reloaded');
  });

  it('shows new connections the new certificate, and lets the old ones live', async () => {
    const old = await amqps();
    await install(issueServer('second'));
    expect(await nameShown()).toBe('first');
    await hangUp('server.reloaded');
    expect(await nameShown()).toBe('second');
    expect(await roundTrip(old)).toBe('over TLS');
    expect(await roundTrip(await amqps())).toBe('over TLS');
  });

  it.each([
    ['a file cut short', (issued: Issued) => ({ ...issued, certificate: issued.certificate.slice(0, 200) })],
    ['a key of another certificate', (issued: Issued) => ({ ...issued, key: issueServer('third').key })],
    ['an empty key', (issued: Issued) => ({ ...issued, key: '' })],
  ])('keeps the last good certificate when the new one is %s, and says so', async (_, broken) => {
    const old = await amqps();
    await install(broken(issueServer('second')));
    expect(await hangUp('server.reload-failed')).toMatch(/server\.(pem|key)/);
    expect(await nameShown()).toBe('first');
    expect(await roundTrip(old)).toBe('over TLS');
    await install(issueServer('third'));
    await hangUp('server.reloaded');
    expect(await nameShown()).toBe('third');
  });

  it('warns of a certificate that has expired', async () => {
    await install(issueServer('expired', Date.UTC(2021)));
    const warned = logged('tls.warning');
    await hangUp('server.reloaded');
    expect(await warned).toMatch(/server\.pem expired on/);
  });

  it('never takes a key that every user may read', async () => {
    await chmod(path('server.key'), 0o644);
    expect(await hangUp('server.reload-failed')).toContain('server.key');
    expect(await nameShown()).toBe('first');
  });
});

describe('a required client certificate', () => {
  serveFor('required');

  it('is asked of everybody where it is required', async (context) => {
    for (const other of [{}, issueClient('billing', stranger), selfSigned('billing'), expired('billing')]) {
      await expect(amqps(other)).rejects.toThrow();
    }
    expect(await roundTrip(await amqps(issueClient('anybody')))).toBe('over TLS');
    expect(await insistOnExternal(issueClient('nobody'))).toBe(403);
    expect(await insistOnExternal(issueClient('billing'))).toBe('in');
    await requirePython(context, 'pika');
    expect(await pika('authority.pem')).toHaveProperty('refused');
  });

  it('is still asked for after a reload, of the new authority alone', async () => {
    await writeFile(path('authority.pem'), stranger.certificate);
    await hangUp('server.reloaded');
    await expect(amqps()).rejects.toThrow();
    await expect(amqps(issueClient('billing'))).rejects.toThrow();
    expect(await roundTrip(await amqps(issueClient('billing', stranger)))).toBe('over TLS');
  });
});
