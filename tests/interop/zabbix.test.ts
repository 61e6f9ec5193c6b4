/**
 * Debian's Zabbix 6.0, real: it imports the exported templates, asks one Sluice by HTTP agent, and is sent values by it
 * under a shared key. Both ways find a queue, show its figures and fire a trigger.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';
import { runSluice, sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import { startZabbix, zabbixUnavailable, type ZabbixServer } from '../support/start-zabbix.mjs';

const reason = zabbixUnavailable() ?? sluiceUnavailable();
if (reason !== undefined && process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);

const identity = 'sluice test';
const key = randomBytes(32).toString('hex');
/** What a client may well call its queue; Zabbix would fill in macros, and end keys and paths. */
const hostile = '{$SLUICE.PASSWORD}{#ID}"],[\\';
const hosts = ['by-http', 'by-trapper'] as const;
const inTimeMs = 90_000;
const pollMs = 500;

interface Item {
  readonly key_: string;
  readonly name: string;
  readonly lastvalue: string;
  readonly lastclock: string;
  readonly state: string;
  readonly error: string;
}

interface Trigger {
  readonly description: string;
  readonly value: string;
  readonly error: string;
  readonly tags: readonly { readonly tag: string; readonly value: string }[];
}

let zabbix: ZabbixServer;
let sluice: BrokerServer;
let directory = '';

const everything = Object.fromEntries(
  [
    'groups',
    'templates',
    'items',
    'discoveryRules',
    'triggers',
    'graphs',
    'valueMaps',
    'templateDashboards',
  ].map((name) => [name, { createMissing: true, updateExisting: true }]),
);

async function runs(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runSluice([...words, '--data', sluice.directory], { input: 'x' });
  if (code !== 0) throw new Error(`sluice ${words.join(' ')}: ${stderr}`);
  return stdout;
}

async function importTemplates(): Promise<void> {
  const source = await runs('export', 'zabbix');
  expect(await zabbix.api('configuration.import', { format: 'yaml', source, rules: everything })).toBe(true);
}

async function makeHost(host: string, template: string, more: object): Promise<void> {
  const [found] = await zabbix.api<{ templateid: string }[]>('template.get', {
    filter: { host: [template] },
  });
  const [group] = await zabbix.api<{ groupid: string }[]>('hostgroup.get', {
    filter: { name: ['Linux servers'] },
  });
  const templates = [{ templateid: found!.templateid }];
  await zabbix.api('host.create', { host, groups: [{ groupid: group!.groupid }], templates, ...more });
}

function items(host: string): Promise<readonly Item[]> {
  return zabbix.api<Item[]>('item.get', {
    host,
    output: ['key_', 'name', 'lastvalue', 'lastclock', 'state', 'error'],
  });
}

function triggers(host: string): Promise<readonly Trigger[]> {
  return zabbix.api<Trigger[]>('trigger.get', {
    ...{ host, selectTags: 'extend', expandDescription: true },
    output: ['description', 'value', 'error'],
  });
}

/** Asks until `found` gives something; Zabbix works in its own time. */
async function eventually<Found>(what: string, found: () => Promise<Found | undefined>): Promise<Found> {
  const until = performance.now() + inTimeMs;
  for (;;) {
    const result = await found();
    if (result !== undefined) return result;
    if (performance.now() > until) throw new Error(`${what} did not come\n${zabbix.log()}\n${sluice.log()}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

describe.skipIf(reason !== undefined)(`Zabbix 6.0${reason === undefined ? '' : ` (${reason})`}`, () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-zabbix-test-'));
    zabbix = await startZabbix();
    await writeFile(join(directory, 'key'), `${key}\n`, { mode: 0o600 });
    const settings = {
      zabbix: {
        ...{ server: `127.0.0.1:${zabbix.port}`, host: 'by-trapper', every: '1s' },
        psk: { identity, file: 'key' },
      },
    };
    const path = join(directory, 'sluice.yaml');
    await writeFile(path, JSON.stringify(settings));
    sluice = await startSluice({ flags: ['--config', path] });
    for (const queue of ['orders', hostile]) await runs('queue', 'declare', queue);
    for (let count = 0; count < 3; count++) await runs('publish', 'orders');
  }, 240_000);

  afterAll(async () => {
    // What failed to start is not there.
    for (const started of [sluice, zabbix] as (BrokerServer | ZabbixServer | undefined)[])
      await started?.stop();
    await rm(directory, { recursive: true, force: true });
  }, 120_000);

  test('imports the templates, and again', async () => {
    await importTemplates();
    const count = { countOutput: true, templated: true };
    const before = await zabbix.api('itemprototype.get', count);
    await importTemplates();
    expect(await zabbix.api('itemprototype.get', count)).toBe(before);
    const url = { macro: '{$SLUICE.URL}', value: `http://127.0.0.1:${sluice.ports.http}` };
    const password = { macro: '{$SLUICE.PASSWORD}', value: 'guest', type: 1 };
    const macros = [url, password, { macro: '{$SLUICE.INTERVAL}', value: '1s' }];
    await makeHost('by-http', 'Sluice by HTTP', { macros });
    const encryption = { tls_accept: 2, tls_connect: 1, tls_psk_identity: identity, tls_psk: key };
    await makeHost('by-trapper', 'Sluice by Zabbix trapper', encryption);
  }, 120_000);

  test.each(hosts)(
    'finds the queue, and has its figures, %s',
    async (host) => {
      const value = async (itemKey: string): Promise<string | undefined> => {
        const found = (await items(host)).find(({ key_ }) => key_ === itemKey);
        return found === undefined || found.lastclock === '0' ? undefined : found.lastvalue;
      };
      const ready = 'sluice.messages_ready[embedded:/:orders]';
      expect(Number(await eventually(ready, () => value(ready)))).toBe(3);
      // Each kind is discovered by itself, and not all at once.
      const memory = await eventually('the memory', async () =>
        (await items(host)).find(({ key_ }) => key_.startsWith('sluice.process_resident_memory_bytes[')),
      );
      expect(Number(await eventually(memory.key_, () => value(memory.key_)))).toBeGreaterThan(1_000_000);
      const up = 'sluice.engine_up[embedded]';
      expect(Number(await eventually(up, () => value(up)))).toBe(1);
    },
    120_000,
  );

  test.each(hosts)(
    'fills in nothing that a client called its queue, %s',
    async (host) => {
      const found = await eventually('the hostile queue', async () => {
        const named = (await items(host)).filter(({ key_ }) =>
          /^sluice\.messages_ready\[.*~[0-9a-f]{16}\]$/.test(key_),
        );
        return named.length === 0 ? undefined : named;
      });
      expect(found).toHaveLength(1);
      expect(JSON.stringify([found, await triggers(host)])).not.toContain('guest');
    },
    120_000,
  );

  test.each(hosts)(
    'fires a trigger, %s',
    async (host) => {
      // A rate needs a message that comes after Zabbix first looked.
      await runs('publish', 'orders');
      const fired = await eventually('a trigger', async () => {
        await runs('publish', 'orders');
        const all = await triggers(host);
        return all.find(({ value, description }) => value === '1' && description.includes('no consumers'));
      });
      expect(fired.description).toBe('Queue orders: no consumers');
      expect(fired.tags).toContainEqual({ tag: 'rule', value: 'no-consumers' });
    },
    120_000,
  );

  test.each(hosts)('can compute every item and trigger of which something is known, %s', async (host) => {
    const broken = (await items(host)).filter(
      ({ state, key_ }) => state !== '0' && !key_.startsWith('sluice.total['),
    );
    expect(broken).toEqual([]);
    // What is unknown yet has no value; everything else would be a mistake in the expression.
    const wrong = (await triggers(host)).filter(
      ({ error }) => error !== '' && !/not enough data|no data|not available|Cannot evaluate/i.test(error),
    );
    expect(wrong).toEqual([]);
  });

  test('is sent nothing by whoever has another key', async () => {
    const path = join(directory, 'other.yaml');
    await writeFile(join(directory, 'other'), 'ab'.repeat(32), { mode: 0o600 });
    const server = `127.0.0.1:${zabbix.port}`;
    const settings = {
      zabbix: { server, host: 'by-trapper', every: '1s', psk: { identity, file: 'other' } },
    };
    await writeFile(path, JSON.stringify(settings));
    const other = await startSluice({ flags: ['--config', path] });
    try {
      await eventually('a failure', async () => {
        await Promise.resolve();
        return other.log().includes('zabbix.push') ? true : undefined;
      });
      expect(other.log()).toMatch(/"kind":"failing"/);
      expect(other.log()).not.toContain('abab');
    } finally {
      await other.stop();
    }
  }, 120_000);
});
