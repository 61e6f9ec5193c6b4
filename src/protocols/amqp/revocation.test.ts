/** A right that is taken away is not honoured any more, by whatever began while it was held. */
import { afterEach, describe, expect, it } from 'vitest';
import { tickMs } from './heartbeat-scan.js';
import { queueDeclare } from './testing/test-client.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let running: TestServer | undefined;

afterEach(async () => {
  await running?.stop();
});

async function start(): Promise<TestServer> {
  running = await startTestServer();
  return running;
}

describe('rights that are taken away', () => {
  it('end the consumers they carried', async () => {
    const server = await start();
    const { access, operator } = server;
    await access.addUser({ name: 'ana', password: 'secret' }, operator);
    const all = { user: 'ana', vhost: '/', configure: '.*', write: '.*', read: '.*' };
    await access.setPermissions(all, operator);
    const client = await server.open({ user: 'ana', password: 'secret' });
    await client.channel();
    await client.queue('q');
    client.send(1, consumeOf('q'));
    await client.next('basic.consume-ok');
    await access.setPermissions({ ...all, read: '' }, operator);
    expect(await client.next('channel.close')).toMatchObject({
      replyCode: 403,
      replyText: "ACCESS_REFUSED - read access to queue 'q' in vhost '/' refused for user 'ana'",
    });
    client.send(1, { name: 'channel.close-ok' });
    await client.channel();
    client.publish('q', 'kept');
    client.send(1, { name: 'basic.get', queue: 'q', noAck: true });
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 403 });
  });

  it('stop publishing at once', async () => {
    const server = await start();
    const { access, operator } = server;
    await access.addUser({ name: 'ana', password: 'secret' }, operator);
    const all = { user: 'ana', vhost: '/', configure: '.*', write: '.*', read: '.*' };
    await access.setPermissions(all, operator);
    const client = await server.open({ user: 'ana', password: 'secret' });
    await client.channel();
    await client.queue('q');
    client.publish('q', 'one');
    client.send(1, { ...queueDeclare, queue: 'q', passive: true });
    expect(await client.next('queue.declare-ok')).toMatchObject({ messageCount: 1 });
    await access.setPermissions({ ...all, write: '' }, operator);
    client.publish('q', 'two');
    expect(await client.next('channel.close')).toMatchObject({ replyCode: 403, classId: 60, methodId: 40 });
  });

  it('close the connections of a deleted user and of one that may not enter any more', async () => {
    const server = await start();
    const { access, operator } = server;
    const all = { vhost: '/', configure: '.*', write: '.*', read: '.*' };
    for (const name of ['ana', 'ben']) {
      await access.addUser({ name, password: 'secret' }, operator);
      await access.setPermissions({ ...all, user: name }, operator);
    }
    const ana = await server.open({ user: 'ana', password: 'secret' });
    const ben = await server.open({ user: 'ben', password: 'secret' });
    const guest = await server.open();
    await access.deleteUser('ana', operator);
    await access.clearPermissions({ user: 'ben', vhost: '/' }, operator);
    expect(await ana.next('connection.close')).toMatchObject({
      replyCode: 320,
      replyText: "CONNECTION_FORCED - user 'ana' was deleted",
    });
    expect(await ben.next('connection.close')).toMatchObject({ replyCode: 320 });
    await guest.channel();
  });

  it('close the connections of a deleted virtual host', async () => {
    const server = await start();
    server.broker.administration.createVirtualHost('v');
    const permission = { user: 'guest', vhost: 'v', configure: '.*', write: '.*', read: '.*' };
    await server.access.setPermissions(permission, server.operator);
    const client = await server.open({ vhost: 'v' });
    server.broker.administration.deleteVirtualHost('v');
    server.clock.advance(tickMs);
    expect(await client.next('connection.close')).toMatchObject({
      replyText: "CONNECTION_FORCED - vhost 'v' was deleted",
    });
  });
});

function consumeOf(queue: string) {
  return {
    name: 'basic.consume',
    queue,
    consumerTag: 'c',
    noLocal: false,
    noAck: false,
    exclusive: false,
    noWait: false,
    arguments: new Map<string, never>(),
  } as const;
}
