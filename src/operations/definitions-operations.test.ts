import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definitionsPieces, parseDefinitions, type ImportReport } from '../definitions/index.js';
import { listed, memoryServer, type MemoryServer } from './testing/memory-server.js';
import type { QueueRow } from './queue-operations.js';
import type { BindingRow, ExchangeRow } from './topology-operations.js';

type Document = Readonly<Record<string, unknown>>;

/** As `rabbitmqctl export_definitions` of RabbitMQ 3.10.8 wrote it. */
const exported = parseDefinitions(
  readFileSync(new URL('./testing/rabbitmq-3.10-definitions.json', import.meta.url), 'utf8'),
);

let server: MemoryServer;

beforeEach(async () => {
  server = await memoryServer();
});

afterEach(() => server.close());

async function* piecesOf(document: Document): AsyncGenerator {
  await Promise.resolve();
  yield* definitionsPieces(document);
}

function importInto(to: MemoryServer, document: Document, dryRun = false): Promise<ImportReport> {
  return to.call('definitions.import', { dryRun, vhost: '/' }, { messages: piecesOf(document) });
}

async function exportFrom(from: MemoryServer, vhost?: string): Promise<Record<string, unknown[]>> {
  const document: Record<string, unknown[]> = {};
  const onEvent = (piece: unknown): void => {
    for (const { kind, item } of piece as { kind: string; item: unknown }[]) {
      (document[kind] ??= []).push(item);
    }
  };
  await from.call('definitions.export', { vhost }, { onEvent });
  return document;
}

const problem = (report: ImportReport, item: string) =>
  report.problems.find((candidate) => candidate.item.includes(item));

describe("importing RabbitMQ's definitions", () => {
  it('makes what it describes', async () => {
    const report = await importInto(server, exported);
    expect(report.counts).toMatchObject({
      vhosts: { created: 1, unchanged: 1 },
      permissions: { created: 2, unchanged: 1, failed: 0 },
      topic_permissions: { created: 1 },
      exchanges: { created: 2, failed: 0 },
      queues: { created: 4, failed: 0, unsupported: 1 },
      bindings: { created: 3, failed: 0 },
    });
    const queues = await listed<QueueRow>(server, 'queue.list');
    expect(queues.map(({ vhost, name }) => `${vhost} ${name}`).sort()).toEqual([
      '/ ada-orders',
      '/ ada-quorum',
      '/ hello',
      'tenant hello',
    ]);
    expect(queues.find(({ name }) => name === 'ada-orders')).toMatchObject({
      durable: true,
      arguments: { 'x-max-length': 1_000, 'x-dead-letter-exchange': 'events', 'x-max-priority': 5 },
    });
    const exchanges = await listed<ExchangeRow>(server, 'exchange.list', '/');
    expect(exchanges.find(({ name }) => name === 'events')).toMatchObject({ type: 'topic', durable: true });
    const bindings = await listed<BindingRow>(server, 'binding.list', '/');
    expect(bindings.filter(({ source }) => source !== '')).toHaveLength(3);
  });

  it('lets users in with their old passwords, and holds them to their permissions', async () => {
    await importInto(server, exported);
    const { access } = server.services;
    const signIn = { mechanism: 'PLAIN', user: 'ada', peerAddress: '10.0.0.1' } as const;
    const outcome = await access.authenticate({ ...signIn, password: 'lovelace' });
    if (!outcome.ok) throw new TypeError('ada was refused');
    const may = (name: string) =>
      access.decide(outcome.identity, { action: 'configure', vhost: '/', kind: 'queue', name }).allowed;
    expect([may('ada-orders'), may('orders')]).toEqual([true, false]);
    expect(await access.authenticate({ ...signIn, password: 'wrong' })).toMatchObject({ ok: false });
  });

  it('reports each thing that it does not support, with the reason', async () => {
    const report = await importInto(server, exported);
    for (const item of [
      "queue 'ada-stream'",
      "vhost-limits 'limits'",
      "'mqtt_port_to_vhost_mapping'",
      "vhost 'tenant'",
      "user 'ada'",
    ]) {
      expect(problem(report, item), item).toMatchObject({ outcome: 'unsupported' });
      expect(problem(report, item)?.reason.length).toBeGreaterThan(10);
    }
    expect(report.problems.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  it('takes policies and operator policies, and governs queues by them', async () => {
    const report = await importInto(server, exported);
    expect(report.counts).toMatchObject({ policies: { created: 1 }, parameters: { created: 1 } });
    const rows = await listed<QueueRow>(server, 'queue.list');
    const ruled = rows.map(({ name, policy, effectivePolicy }) => [name, policy, effectivePolicy]);
    expect(ruled.sort()).toEqual([
      ['ada-orders', 'ttl', { 'max-length': 1_000, 'message-ttl': 60_000 }],
      ['ada-quorum', 'ttl', { 'max-length': 1_000, 'message-ttl': 60_000 }],
      ['hello', undefined, undefined],
      ['hello', undefined, { 'max-length': 1_000 }],
    ]);
  });

  it('tells of policies that mean nothing here, and of keys of others', async () => {
    const policy = { vhost: '/', pattern: '', 'apply-to': 'all', priority: 0 };
    const report = await importInto(server, {
      policies: [
        { ...policy, name: 'upstream', definition: { 'federation-upstream-set': 'all' } },
        { ...policy, name: 'mirrors', definition: { 'ha-mode': 'all', expires: 5 } },
        { name: 'old', pattern: '^a', definition: { expires: 5 } },
      ],
      parameters: [{ component: 'operator_policy', name: 'none', vhost: '/', value: {} }],
    });
    expect(report.counts).toMatchObject({
      policies: { created: 2, unsupported: 1 },
      parameters: { failed: 1 },
    });
    expect(problem(report, "policy 'upstream'")?.reason).toContain('not recognised');
    expect(problem(report, "policy 'mirrors'")?.reason).toContain('ha-mode');
  });

  it('changes nothing the second time', async () => {
    await importInto(server, exported);
    const { counts } = await importInto(server, exported);
    for (const kind of Object.values(counts)) {
      expect(kind).toMatchObject({ created: 0, updated: 0, failed: 0 });
    }
  });

  it('changes nothing on a dry run, and says what it would do', async () => {
    const report = await importInto(server, exported, true);
    expect(report.counts.exchanges).toMatchObject({ created: 2 });
    expect(report.counts.permissions).toMatchObject({ created: 2, unchanged: 1 });
    expect(await listed(server, 'queue.list')).toEqual([]);
    expect((await server.call('user.list', {})).users.map(({ name }) => name)).toEqual(['guest']);
  });

  it('goes on after an item that is wrong', async () => {
    const report = await importInto(server, {
      queues: [
        { name: 'a', vhost: 'absent', durable: true, auto_delete: false, arguments: {} },
        { name: '', vhost: '/' },
        { name: 'x'.repeat(256), vhost: '/' },
        'nonsense',
        { name: 'amq.reserved', vhost: '/' },
        { name: 'good', vhost: '/', durable: true, auto_delete: false, arguments: {} },
      ],
      permissions: [{ user: 'nobody', vhost: '/', configure: '', write: '', read: '' }],
      bindings: [{ source: 'absent', vhost: '/', destination: 'good', destination_type: 'queue' }],
    });
    expect(report.counts.queues).toMatchObject({ created: 1 });
    expect(report.counts.queues!.failed).toBeGreaterThanOrEqual(4);
    expect(report.counts.permissions).toMatchObject({ failed: 1 });
    expect(report.counts.bindings).toMatchObject({ failed: 1 });
    expect((await listed<QueueRow>(server, 'queue.list')).some(({ name }) => name === 'good')).toBe(true);
  });

  it('reports what exists with other arguments, and leaves it', async () => {
    const queue = { name: 'q', vhost: '/', durable: true, auto_delete: false, arguments: {} };
    await importInto(server, { queues: [queue] });
    const report = await importInto(server, { queues: [{ ...queue, arguments: { 'x-max-length': 5 } }] });
    expect(report.counts.queues).toMatchObject({ failed: 1 });
    expect(problem(report, "queue 'q'")?.reason).toMatch(/inequivalent/);
  });

  it('takes the document of a single virtual host', async () => {
    await server.call('vhost.add', { vhost: 'tenant' });
    const messages = piecesOf({ queues: [{ name: 'q', durable: true, arguments: {} }] });
    await server.call('definitions.import', { dryRun: false, vhost: 'tenant' }, { messages });
    expect(await listed<QueueRow>(server, 'queue.list', 'tenant')).toHaveLength(1);
  });

  it('takes tags as older releases wrote them, and a password in the clear', async () => {
    const users = [
      { name: 'old', password_hash: '', tags: 'administrator,monitoring' },
      { name: 'plain', password: 'open sesame', tags: [] },
      { name: 'odd', password_hash: '', tags: ['monitoring', 'gardener'] },
    ];
    const report = await importInto(server, { users });
    expect(report.counts.users).toMatchObject({ created: 3 });
    expect(problem(report, "user 'odd'")?.reason).toContain('gardener');
    const { users: made } = await server.call('user.list', {});
    expect(made.find(({ name }) => name === 'old')?.tags).toEqual(['administrator', 'monitoring']);
  });

  it('names a part of the document that nobody knows', async () => {
    const report = await importInto(server, { quotas: [], rabbit_version: '4.0.0' });
    expect(report.problems).toMatchObject([{ kind: 'other', item: 'quotas', outcome: 'unsupported' }]);
  });

  it('refuses a document that is none', () => {
    for (const text of ['', 'null', '[]', '{"a":', '"x"']) {
      expect(() => parseDefinitions(text)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
    expect(() => [...definitionsPieces({ queues: 'q' })]).toThrow('"queues" is not a list');
  });

  it('is not led astray by names of prototypes', async () => {
    const document = parseDefinitions(
      '{"__proto__":{"queues":[]},"queues":[{"name":"__proto__","vhost":"/","arguments":{"__proto__":1}}]}',
    );
    const report = await importInto(server, document);
    expect(report.counts.queues).toMatchObject({ created: 1 });
    expect(({} as Record<string, unknown>)['queues']).toBeUndefined();
  });
});

describe('exporting definitions', () => {
  it('gives what was imported', async () => {
    await importInto(server, exported);
    const document = await exportFrom(server);
    const named = (kind: string) =>
      (document[kind] as { vhost: string; name: string }[]).map(({ vhost, name }) => `${vhost} ${name}`);
    expect(named('queues').sort()).toEqual(['/ ada-orders', '/ ada-quorum', '/ hello', 'tenant hello']);
    expect(named('exchanges').sort()).toEqual(['/ copies', '/ events']);
    expect(document['bindings']).toHaveLength(3);
    const ada = (document['users'] as { name: string }[]).find(({ name }) => name === 'ada');
    const given = (exported['users'] as { name: string }[]).find(({ name }) => name === 'ada');
    expect(ada).toMatchObject({ ...given, limits: {} });
  });

  it('gives what another Sluice imports whole, its own password hashes included', async () => {
    await importInto(server, exported);
    await server.call('user.add', { name: 'own', password: 'sesame', tags: ['management'] });
    const document = await exportFrom(server);
    const other = await memoryServer();
    try {
      const report = await importInto(other, document);
      expect(report.problems).toEqual([]);
      const signIn = { mechanism: 'PLAIN', user: 'own', peerAddress: '127.0.0.1' } as const;
      const outcome = await other.services.access.authenticate({ ...signIn, password: 'sesame' });
      expect(outcome).toMatchObject({ ok: true });
      expect(await exportFrom(other)).toEqual(document);
    } finally {
      await other.close();
    }
  });

  it("keeps Sluice's own hashes away from RabbitMQ's keys, which it could not read", async () => {
    const { users } = await exportFrom(server);
    expect(users).toMatchObject([
      {
        name: 'guest',
        password_hash: '',
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        sluice_password_hash: expect.stringMatching(/^\$argon2id\$/) as string,
      },
    ]);
  });

  it('gives one virtual host alone, without users', async () => {
    await importInto(server, exported);
    const document = await exportFrom(server, 'tenant');
    expect(document['users']).toBeUndefined();
    expect(document['queues']).toMatchObject([{ vhost: 'tenant', name: 'hello' }]);
  });
});
