/** Debian's `rabbitmqadmin`, unchanged, against Sluice: what it lists, declares, deletes, publishes, gets and moves. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../support/child.mjs';
import type { BrokerServer } from '../support/server.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { python, requireProgram } from './installed.js';

const program = '/usr/bin/rabbitmqadmin';
let server: BrokerServer;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startSluice(), mkdtemp(join(tmpdir(), 'sluice-admin-'))]);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async (context) => {
  await requireProgram(context, 'rabbitmqadmin');
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it; gives how it ended. */
async function attempt(...parameters: string[]): Promise<Outcome> {
  const options = ['-H', '127.0.0.1', '-P', String(server.ports.http)];
  return runProgram(python, [program, ...options, ...parameters], { env: { ...process.env, HOME: folder } });
}

/** What it printed, of a command that succeeds. */
async function admin(...parameters: string[]): Promise<string> {
  const { code, stdout, stderr } = await attempt(...parameters);
  expect([parameters, code, stderr]).toEqual([parameters, 0, '']);
  return stdout.trimEnd();
}

const raw = async (...parameters: string[]): Promise<unknown> =>
  JSON.parse(await admin('-f', 'raw_json', ...parameters)) as unknown;

test('declares, lists and deletes exchanges, queues and bindings', async () => {
  expect(await admin('declare', 'exchange', 'name=events', 'type=topic')).toBe('exchange declared');
  expect(await admin('declare', 'queue', 'name=orders', 'arguments={"x-max-length":9}')).toBe(
    'queue declared',
  );
  expect(await admin('declare', 'queue', 'name=safe', 'queue_type=quorum')).toBe('queue declared');
  await admin('declare', 'binding', 'source=events', 'destination=orders', 'routing_key=x.#');
  expect(await admin('-f', 'tsv', '-q', 'list', 'queues', 'name', 'type', 'arguments.x-max-length')).toBe(
    'orders\tclassic\t9\nsafe\tquorum',
  );
  expect(await raw('list', 'bindings')).toContainEqual(
    expect.objectContaining({ source: 'events', destination: 'orders', properties_key: 'x.%23' }),
  );
  const named = ['source=events', 'destination_type=queue', 'destination=orders', 'properties_key=x.%23'];
  expect(await admin('delete', 'binding', ...named)).toBe('binding deleted');
  expect(await admin('delete', 'queue', 'name=safe')).toBe('queue deleted');
  expect(await admin('delete', 'exchange', 'name=events')).toBe('exchange deleted');
  expect(await attempt('delete', 'queue', 'name=safe')).toMatchObject({
    code: 1,
    stderr: '*** Not found: /api/queues/%2F/safe\n\n',
  });
});

test('prints tables, lines, pairs and names alike', async () => {
  await admin('declare', 'vhost', 'name=looks');
  const here = ['-V', 'looks'];
  await admin(...here, 'declare', 'queue', 'name=q');
  expect(await admin(...here, 'list', 'queues')).toBe(
    [
      '+------+----------+',
      '| name | messages |',
      '+------+----------+',
      '| q    | 0        |',
      '+------+----------+',
    ].join('\n'),
  );
  expect(await admin(...here, '-f', 'kvp', 'list', 'queues', 'name', 'durable')).toBe(
    'name="q" durable="True"',
  );
  expect(await admin(...here, '-f', 'bash', 'list', 'queues')).toBe('q');
  expect(await admin(...here, '-f', 'long', 'list', 'queues', 'name', 'vhost')).toContain(
    ' name: q\nvhost: looks',
  );
  expect(await admin(...here, '-f', 'pretty_json', 'list', 'queues', 'name')).toBe(
    '[\n  {\n    "name": "q"\n  }\n]',
  );
  expect(await admin(...here, '-S', 'name', '-R', '-f', 'bash', 'list', 'exchanges')).toMatch(
    /^sluice amq\.topic .* amq\.direct$/,
  );
  expect(await admin('show', 'overview')).toMatch(/rabbitmq_version.*cluster_name/);
});

test('publishes, gets, gives back and purges', async () => {
  await admin('declare', 'queue', 'name=talk');
  expect(await admin('publish', 'routing_key=talk', 'payload=hé')).toBe('Message published');
  expect(await admin('publish', 'routing_key=nowhere', 'payload=x')).toBe('Message published but NOT routed');
  const properties = 'properties={"delivery_mode":2,"headers":{"n":1},"message_id":"m"}';
  await admin('publish', 'routing_key=talk', 'payload=/9j/', 'payload_encoding=base64', properties);
  const expected = [
    {
      ...{ payload: 'hé', payload_encoding: 'string', payload_bytes: 3, redelivered: false },
      ...{ exchange: '', routing_key: 'talk', message_count: 1, properties: [] },
    },
    {
      ...{ payload: '/9j/', payload_encoding: 'base64', payload_bytes: 3, redelivered: false },
      ...{ exchange: '', routing_key: 'talk', message_count: 0 },
      properties: { delivery_mode: 2, headers: { n: 1 }, message_id: 'm' },
    },
  ];
  expect(await raw('get', 'queue=talk', 'count=5')).toEqual(expected);
  const file = join(folder, 'payload');
  await admin('get', 'queue=talk', 'ackmode=ack_requeue_false', `payload_file=${file}`);
  expect(await readFile(file, 'utf8')).toBe('hé');
  expect(await admin('purge', 'queue', 'name=talk')).toBe('queue purged');
  expect(await admin('get', 'queue=talk')).toBe('No items');
});

test('makes users, permissions, policies and virtual hosts, and is refused without rights', async () => {
  await admin('declare', 'user', 'name=ada', 'password=lovelace', 'tags=management');
  await admin('declare', 'permission', 'vhost=/', 'user=ada', 'configure=^a', 'write=.*', 'read=.*');
  const ada = ['-u', 'ada', '-p', 'lovelace'];
  expect(await admin(...ada, 'declare', 'queue', 'name=amine')).toBe('queue declared');
  expect((await attempt(...ada, 'declare', 'queue', 'name=other')).stderr).toContain('Access refused');
  expect((await attempt(...ada, 'list', 'users')).stderr).toContain('Access refused');
  await admin(
    'declare',
    'policy',
    'name=short',
    'pattern=^am',
    'definition={"max-length":3}',
    'apply-to=queues',
  );
  expect(await admin('-f', 'kvp', 'list', 'policies', 'name', 'pattern', 'definition')).toBe(
    'name="short" pattern="^am" definition="{"max-length": 3}"',
  );
  expect(await raw('list', 'queues', 'name', 'policy')).toContainEqual({ name: 'amine', policy: 'short' });
  const limits = ['definition={"max-length":2}', 'apply-to=queues'];
  expect(await admin('declare', 'operator_policy', 'name=most', 'pattern=.*', ...limits)).toBe(
    'operator_policy declared',
  );
  expect(
    (await attempt('declare', 'policy', 'name=bad', 'pattern=(', 'definition={"max-length":3}')).stderr,
  ).toMatch(/^\*\*\* Validation failed/);
  await admin('delete', 'policy', 'name=short');
  await admin('delete', 'operator_policy', 'name=most');
  await admin('delete', 'permission', 'vhost=/', 'user=ada');
  expect(await admin('delete', 'user', 'name=ada')).toBe('user deleted');
});

test('exports and imports definitions', async () => {
  const file = join(folder, 'definitions.json');
  await admin('declare', 'vhost', 'name=from');
  await admin('declare', 'vhost', 'name=to');
  await admin('-V', 'from', 'declare', 'queue', 'name=moved', 'durable=true');
  await admin('-V', 'from', 'declare', 'exchange', 'name=e', 'type=direct');
  await admin('-V', 'from', 'declare', 'binding', 'source=e', 'destination=moved', 'routing_key=k');
  await admin('-V', 'from', 'export', file);
  await admin('-V', 'to', 'import', file);
  expect(await raw('-V', 'to', 'list', 'bindings', 'source', 'destination', 'routing_key')).toEqual([
    { source: '', destination: 'moved', routing_key: 'moved' },
    { source: 'e', destination: 'moved', routing_key: 'k' },
  ]);
  await admin('export', file);
  await admin('import', file);
});

test('lists connections, channels and consumers, and closes a connection', async () => {
  const connection = await connect(server.url);
  const channel = await connection.createChannel();
  await channel.assertQueue('watched');
  await channel.consume('watched', () => undefined, { consumerTag: 'watcher' });
  const [found] = (await raw('list', 'connections', 'name', 'user', 'channels', 'state')) as {
    name: string;
  }[];
  expect(found).toMatchObject({ user: 'guest', channels: 1, state: 'running' });
  expect(await raw('list', 'channels', 'name')).toEqual([{ name: `${found!.name} (1)` }]);
  expect(await raw('list', 'consumers', 'queue.name', 'consumer_tag')).toEqual([
    { queue: { name: 'watched' }, consumer_tag: 'watcher' },
  ]);
  const ended = new Promise<Error>((resolve) => connection.once('close', resolve));
  expect(await admin('close', 'connection', `name=${found!.name}`)).toBe('connection closed');
  expect((await ended).message).toMatch(/CONNECTION_FORCED|Closed via management/);
});
