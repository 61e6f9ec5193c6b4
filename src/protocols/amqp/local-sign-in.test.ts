/** Whoever may open the operator's own socket is the operator; over TCP nobody is, whatever it says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { protocolHeader } from './codec/index.js';
import { amqpEvents } from './logger.js';
import { TestClient } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let test: TestServer;
let folder: string;
const clients: TestClient[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-local-'));
  test = await startTestServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await test.stop();
  await rm(folder, { recursive: true });
});

/** A client that claims to be whoever its socket says. */
async function claimExternal(client: TestClient): Promise<void> {
  clients.push(client);
  client.write(protocolHeader);
  await client.next('connection.start');
  client.send(0, {
    name: 'connection.start-ok',
    clientProperties: new Map([['capabilities', new Map([['authentication_failure_close', true]])]]),
    mechanism: 'EXTERNAL',
    response: Buffer.alloc(0),
    locale: 'en_US',
  });
}

async function localClient(): Promise<TestClient> {
  const path = join(folder, 'attach.sock');
  const server = test.server.makeLocalServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = connect(path);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return new TestClient(socket);
}

it('makes the operator of who comes through the local socket, without heartbeats, and writes it down', async () => {
  const client = await localClient();
  await claimExternal(client);
  const tune = await client.next('connection.tune');
  expect(tune.heartbeat).toBe(0);
  client.send(0, { name: 'connection.tune-ok', channelMax: 10, frameMax: 131_072, heartbeat: 0 });
  client.send(0, { name: 'connection.open', virtualHost: '/' });
  await client.next('connection.open-ok');
  expect(test.server.connections()).toMatchObject([{ user: 'operator', peerAddress: undefined }]);
  await client.channel();
  await client.queue('made-by-the-operator');
});

it('stays connected when a user who has its name is deleted', async () => {
  const { access, operator } = test;
  await access.addUser({ name: 'operator', password: 'a long password' }, operator);
  const client = await localClient();
  await claimExternal(client);
  await client.next('connection.tune');
  client.send(0, { name: 'connection.tune-ok', channelMax: 10, frameMax: 131_072, heartbeat: 0 });
  client.send(0, { name: 'connection.open', virtualHost: '/' });
  await client.next('connection.open-ok');
  await access.deleteUser('operator', operator);
  await client.channel();
});

it('refuses the same claim over TCP', async () => {
  const client = await test.connect();
  await claimExternal(client);
  const closing = client.next('connection.close');
  // The answer to a refused sign-in waits for the clock.
  while (!test.log.some(({ event }) => event === amqpEvents.signInRefused)) await nextTurn();
  await nextTurn();
  test.clock.advance(1_000);
  expect((await closing).replyCode).toBe(403);
  expect(test.server.connections().every(({ user }) => user === undefined)).toBe(true);
});
