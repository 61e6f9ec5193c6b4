/** A program that owns a directory, as operators, HTTP and foreign clients see it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from 'amqplib';
import { runSluice } from '../support/start-sluice.mjs';
import { Household, unavailable, type Member } from './member.js';

let household: Household;
let owner: Member;
let ports: { readonly amqp: number; readonly http: number };

beforeAll(async () => {
  if (unavailable !== undefined) return;
  household = await Household.make();
  owner = await household.start({ send: false, receive: false, open: { http: 0, amqp: 0 } });
  ports = household.portsOf(owner);
});
afterAll(() => household.end());

async function sluice(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runSluice([...words, '--data', household.directory]);
  return code === 0 ? stdout : `${code}: ${stderr}`;
}

describe.skipIf(unavailable !== undefined)('a program that owns a directory', () => {
  test('tells its status', async () => {
    const status = JSON.parse(await sluice('status', '--json')) as object;
    expect(status).toMatchObject({ pid: owner.pid, state: 'ready', ports, directory: household.directory });
  });

  test('serves the queue commands', async () => {
    await sluice('queue', 'declare', 'work');
    await sluice('publish', 'work', '--body', 'hello');
    expect(await sluice('queue', 'peek', 'work')).toContain('hello');
    expect(await sluice('consume', 'work', '--count', '1')).toBe('hello\n');
    expect(await sluice('queue', 'delete', 'work')).toContain('Deleted work');
  });

  test('serves users, permissions, definitions, the audit log and the journal', async () => {
    expect(await sluice('user', 'list')).toContain('guest');
    expect(await sluice('permissions', 'list')).toContain('guest');
    expect(JSON.parse(await sluice('definitions', 'export'))).toHaveProperty('queues');
    expect(await sluice('audit', 'verify')).toContain('is whole');
    expect(await sluice('journal', 'stats')).toContain('Records');
    expect(await sluice('vhost', 'list')).toContain('/');
  });

  test('is ended and configured by its own code, not by an operator', async () => {
    expect(await sluice('stop')).toContain(`process ${owner.pid}`);
    expect(await sluice('reload')).toContain('no configuration to reload');
    expect(await sluice('up', '--amqp', '0', '--http', '0')).toMatch(
      new RegExp(`^73: [^]*process ${owner.pid},[^]*End that program`),
    );
  });

  test('lists a process that attached, and writes its sign-in to the audit log', async () => {
    const attached = await household.start({
      send: false,
      receive: false,
      open: { name: 'the web process' },
    });
    expect(attached.role).toBe('attached');
    expect(await sluice('connection', 'list')).toMatch(/operator.*the web process/);
    expect(await sluice('audit', 'tail')).toMatch(/operator +control socket +sign-in +LOCAL +success/);
    await attached.end('SIGTERM');
  });

  test('answers HTTP and foreign clients where it was asked to, with the rights of a server', async () => {
    expect((await fetch(`http://127.0.0.1:${ports.http}/readyz`)).status).toBe(200);
    const client = await connect(`amqp://guest:guest@127.0.0.1:${ports.amqp}`);
    await (await client.createChannel()).assertQueue('from-outside');
    await client.close();
    await expect(connect(`amqp://guest:wrong@127.0.0.1:${ports.amqp}`)).rejects.toThrow(/ACCESS-REFUSED/);
  });

  test('lets nobody be the operator over TCP', async () => {
    const external = { credentials: { mechanism: 'EXTERNAL', response: () => Buffer.alloc(0) } };
    await expect(connect(`amqp://127.0.0.1:${ports.amqp}`, external)).rejects.toThrow(
      'EXTERNAL is not provided',
    );
  });

  test('closes its ports with itself', async () => {
    await owner.end('SIGTERM');
    await expect(fetch(`http://127.0.0.1:${ports.http}/readyz`)).rejects.toThrow();
    await expect(connect(`amqp://127.0.0.1:${ports.amqp}`)).rejects.toThrow();
  });
});

test.runIf(unavailable !== undefined)('a program that owns a directory', (context) => {
  context.skip(unavailable);
});
