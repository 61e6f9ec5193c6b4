/** The commands that speak to a running server, on one server. */
import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Outcome, type ReadyLine, type Workplace } from './sluice.js';

let place: Workplace;
let ready: ReadyLine;

beforeAll(async () => {
  place = await makeWorkplace();
  ready = await place.up().ready;
});

afterAll(() => place.close());

/** Runs a command that must succeed without a word on standard error. */
async function done(...words: string[]): Promise<string> {
  return succeeded(await place.sluice(words));
}

function succeeded({ code, stdout, stderr }: Outcome): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function rows<Row>(...words: string[]): Promise<Row[]> {
  return JSON.parse(await done(...words, '--json')) as Row[];
}

describe('queues and messages', () => {
  it('go the whole way: declare, publish, peek, consume, list, delete', async () => {
    await done('queue', 'declare', 'work', '--argument', 'x-max-length=100');
    await done('publish', 'work', '--body', 'first', '--header', 'n=1');
    succeeded(await place.sluice(['publish', 'work'], 'second, from standard input'));
    const peeked = await done('queue', 'peek', 'work');
    expect(peeked).toMatch(/^#0 {2}ready .*\nfirst\n#1 {2}ready .*\nsecond, from standard input\n$/);
    expect(await done('consume', 'work', '--count', '2')).toBe('first\nsecond, from standard input\n');
    expect(await done('queue', 'peek', 'work')).toBe('work is empty.\n');
    const [row] = await rows<{ name: string }>('queue', 'list');
    expect(row).toMatchObject({ name: 'work', durable: true, arguments: { 'x-max-length': 100 } });
    expect(await done('queue', 'list')).toMatch(/^VHOST +NAME.*\n\/ +work /);
    expect(await done('queue', 'delete', 'work')).toBe('Deleted work with 0 messages.\n');
    // A misspelt name is told, not passed over.
    for (const kind of ['queue', 'exchange'] as const) {
      const misspelt = await place.sluice([kind, 'delete', 'wrok']);
      expect(misspelt).toMatchObject({ code: 1, stdout: '' });
      expect(misspelt.stderr).toContain(`no ${kind} 'wrok'`);
    }
    expect(await done('queue', 'list')).toBe('There are no queues.\n');
  });

  it('carry any bytes', async () => {
    const body = randomBytes(100_000);
    const path = join(place.folder, 'body');
    await writeFile(path, body);
    await done('queue', 'declare', 'bytes');
    await done('publish', 'bytes', '--file', path);
    const line = await done('consume', 'bytes', '--count', '1', '--json');
    const message = JSON.parse(line) as { body: string };
    expect(Buffer.from(message.body, 'base64').equals(body)).toBe(true);
  });

  it('cannot write to the terminal of who looks', async () => {
    await done('queue', 'declare', 'evil\u001b[31m');
    await done('publish', 'evil\u001b[31m', '--body', 'x\u001b[2J', '--header', 'h=\u001b]0;t\u0007');
    for (const words of [
      ['queue', 'list'],
      ['queue', 'peek', 'evil\u001b[31m'],
      ['queue', 'show', 'evil\u001b[31m'],
    ]) {
      expect(await done(...words)).not.toContain('\u001b');
    }
  });

  it('are consumed durably: what was printed and acknowledged stays away after kill -9', async () => {
    const other = await makeWorkplace();
    try {
      const { pid } = await other.up().ready;
      for (const words of [
        ['queue', 'declare', 'work'],
        ['publish', 'work', '--body', 'one'],
        ['publish', 'work', '--body', 'two'],
      ]) {
        succeeded(await other.sluice(words));
      }
      expect(succeeded(await other.sluice(['consume', 'work', '-n', '1']))).toBe('one\n');
      process.kill(pid, 'SIGKILL');
      await other.up().ready;
      const left = succeeded(await other.sluice(['queue', 'peek', 'work', '--json']));
      expect(left.trimEnd().split('\n')).toHaveLength(1);
      expect(Buffer.from((JSON.parse(left) as { body: string }).body, 'base64').toString()).toBe('two');
    } finally {
      await other.close();
    }
  });

  it('are waited for until the timeout, with exit code 75', async () => {
    await done('queue', 'declare', 'empty');
    const outcome = await place.sluice(['consume', 'empty', '--count', '1', '--timeout', '100ms']);
    expect(outcome).toMatchObject({ code: 75, stdout: '' });
  });

  it('that reach no queue are an error', async () => {
    const outcome = await place.sluice(['publish', 'nowhere', '--body', 'x']);
    expect(outcome).toMatchObject({
      code: 1,
      stderr: 'sluice: There is no queue nowhere: the message was dropped.\n',
    });
  });

  it('are delayed and cancelled', async () => {
    await done('queue', 'declare', 'later');
    await done('publish', 'later', '--body', 'x', '--header', 'x-delay=3600000');
    expect(await done('queue', 'delayed', 'list', 'later')).toMatch(/^#0 {2}delayed .* due 20/);
    expect(await done('queue', 'delayed', 'cancel', 'later', '0')).toBe('Cancelled #0.\n');
    expect(await done('queue', 'delayed', 'list', 'later')).toBe('later has no delayed messages.\n');
  });

  it('are found, released, removed, and skipped when their key is stuck', async () => {
    await done('queue', 'declare', 'jobs', '--argument', 'x-message-index=true');
    await done('queue', 'declare', 'skipped');
    const publish = (id: string, ...headers: string[]): Promise<string> =>
      done('publish', 'jobs', '--body', id, '--message-id', id, ...headers);
    await publish('first', '--header', 'x-key=k');
    await publish('second', '--header', 'x-key=k');
    await publish('third', '--header', 'x-delay=3600000');
    expect(await done('queue', 'find', 'jobs', 'second')).toBe(
      '#1 waits for #0 of its key; 0 failed deliveries\n',
    );
    expect(await done('queue', 'find', 'jobs', 'nobody')).toBe('nobody is not in jobs.\n');
    expect(await done('queue', 'keys', 'jobs')).toMatch(/k +1 +0 +first +0 +ready, 0 before it/);
    expect(await done('queue', 'skip', 'jobs', '0', '--to', 'skipped')).toBe('Moved #0.\n');
    expect(await done('queue', 'keys', 'jobs')).toBe('No key of jobs holds others back.\n');
    expect(await done('queue', 'release', 'jobs', '2')).toBe('Released #2.\n');
    expect(await done('queue', 'remove', 'jobs', 'third')).toBe('Removed third.\n');
    expect(await done('queue', 'pause', 'jobs')).toBe('Paused jobs.\n');
    expect(await done('queue', 'list')).toMatch(/jobs .*paused/);
    expect(await done('queue', 'resume', 'jobs')).toBe('Resumed jobs.\n');
    expect(await done('queue', 'peek', 'skipped', '--json')).toContain('skipped by an operator');
  });
});

describe('exchanges, bindings and virtual hosts', () => {
  it('route', async () => {
    await done('vhost', 'add', 'shop');
    const inShop = ['--vhost', 'shop'];
    await done('exchange', 'declare', 'events', '--type', 'topic', ...inShop);
    await done('queue', 'declare', 'bills', ...inShop);
    await done('binding', 'declare', 'events', 'bills', '--key', 'order.*', ...inShop);
    await done('publish', 'order.new', '--exchange', 'events', '--body', 'o1', ...inShop);
    expect(await done('consume', 'bills', '-n', '1', ...inShop)).toBe('o1\n');
    expect(await done('binding', 'list', ...inShop)).toContain('order.*');
    expect(await done('exchange', 'list', ...inShop)).toMatch(/shop +events +topic/);
    await done('binding', 'delete', 'events', 'bills', '--key', 'order.*', ...inShop);
    expect((await place.sluice(['publish', 'order.new', '-e', 'events', '-b', 'x', ...inShop])).code).toBe(1);
    await done('vhost', 'delete', 'shop');
    expect(await rows('vhost', 'list')).toEqual([{ name: '/' }]);
  });
});

describe('users', () => {
  it('get their password from standard input or a file, never from an argument', async () => {
    succeeded(await place.sluice(['user', 'add', 'ada', '--tag', 'monitoring'], 'lovelace\n'));
    const path = join(place.folder, 'password');
    await writeFile(path, 'byron\n', { mode: 0o600 });
    await done('user', 'passwd', 'ada', '--password-file', path);
    const refused = await place.sluice(['user', 'add', 'eve', 'secret-word']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain('secret-word');
    expect((await place.sluice(['user', 'add', 'eve'], '\n')).code).toBe(2);
    expect(await rows('user', 'list')).toContainEqual({
      name: 'ada',
      tags: ['monitoring'],
      passwordKind: 'argon2id',
    });
  });

  it('have permissions and topic permissions', async () => {
    succeeded(await place.sluice(['user', 'add', 'bob'], 'builder\n'));
    await done('permissions', 'set', 'bob', '--configure', '^bob-');
    expect(await rows('permissions', 'list', '--user', 'bob')).toEqual([
      { user: 'bob', vhost: '/', configure: '^bob-', write: '.*', read: '.*' },
    ]);
    await done('topic-permissions', 'set', 'bob', 'amq.topic', '--write', '^a');
    expect(await done('topic-permissions', 'list')).toMatch(/bob +\/ +amq\.topic +\^a/);
    await done('topic-permissions', 'clear', 'bob');
    await done('permissions', 'clear', 'bob');
    await done('user', 'tags', 'bob', 'management');
    await done('user', 'delete', 'bob');
    expect(await rows('permissions', 'list', '--user', 'bob')).toEqual([]);
  });
});

describe('definitions', () => {
  it('are exported for their owner alone, and imported again', async () => {
    await done('queue', 'declare', 'kept', '--argument', 'x-max-priority=3');
    const path = join(place.folder, 'definitions.json');
    await done('definitions', 'export', path);
    expect((await stat(path)).mode & 0o077).toBe(0);
    const document = JSON.parse(await readFile(path, 'utf8')) as { queues: { name: string }[] };
    expect(document.queues.find(({ name }) => name === 'kept')).toMatchObject({
      arguments: { 'x-max-priority': 3 },
    });
    await done('queue', 'delete', 'kept');
    const printed = await done('definitions', 'import', path);
    expect(printed).toMatch(/queues +1 +0/);
    expect(await done('queue', 'show', 'kept')).toContain('x-max-priority');
  });

  it('name what is not supported, and end well', async () => {
    const path = join(place.folder, 'policies.json');
    await writeFile(
      path,
      JSON.stringify({ parameters: [{ component: 'shovel', name: 'dig', vhost: '/', value: {} }] }),
    );
    const printed = await done('definitions', 'import', path);
    expect(printed).toContain("unsupported: parameters: shovel 'dig' in vhost '/': runtime parameters");
  });

  it('bring policies, which the commands set, show and clear', async () => {
    const path = join(place.folder, 'policies.json');
    const policy = { name: 'ttl', vhost: '/', pattern: '^ruled', definition: { 'message-ttl': 5_000 } };
    await writeFile(path, JSON.stringify({ policies: [policy] }));
    expect(await done('definitions', 'import', path)).toMatch(/policies +1 +0/);
    await done('queue', 'declare', 'ruled');
    const limits = ['-d', 'max-length=5', '-d', 'message-ttl=9000', '--apply-to', 'queues'];
    await done('operator-policy', 'set', 'cap', '', ...limits);
    const effect = JSON.parse(await done('policy', 'show', 'ruled', '--json')) as object;
    expect(effect).toMatchObject({
      ...{ policy: 'ttl', operatorPolicy: 'cap', ignored: [] },
      definition: { 'max-length': 5, 'message-ttl': 5_000 },
    });
    expect(await done('queue', 'list')).toContain('policy=ttl operator-policy=cap');
    expect(await done('operator-policy', 'list')).toContain('{"max-length":5,"message-ttl":9000}');
    const set = await done('policy', 'set', 'more', 'x', '{"queue-mode":"lazy"}', '--priority', '-3');
    expect(set).toContain('Without effect here: queue-mode.');
    for (const name of ['ttl', 'more']) await done('policy', 'clear', name);
    await done('operator-policy', 'clear', 'cap');
    expect(await done('policy', 'list')).toContain('There are no policies.');
    expect(await done('policy', 'show', 'ruled')).toMatch(/operator policy +none/);
    const bad = await place.sluice(['policy', 'set', 'bad', 'x', '{"expires":0}']);
    expect(bad.stderr).toContain('0 is not a valid queue expiry');
  });

  it('end with 1 when an item failed, and 2 for what is no document', async () => {
    const path = join(place.folder, 'bad.json');
    await writeFile(path, JSON.stringify({ queues: [{ name: 'q', vhost: 'absent', durable: true }] }));
    const failed = await place.sluice(['definitions', 'import', path]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("failed: queues: queue 'q' in vhost 'absent'");
    await writeFile(path, 'nonsense');
    expect((await place.sluice(['definitions', 'import', path])).code).toBe(2);
  });
});

describe('the rest', () => {
  it('shows connections', async () => {
    expect(await done('connection', 'list')).toBe('No client is connected.\n');
    expect((await place.sluice(['connection', 'close', 'nobody'])).code).toBe(1);
  });

  it('checks the audit log and shows its end', async () => {
    await done('vhost', 'add', 'audited');
    await done('vhost', 'delete', 'audited');
    expect(await done('audit', 'tail')).toMatch(/topology-deleted +vhost 'audited' +success/);
    const found = await done('audit', 'list', '--user', 'operator', '--contains', 'AUDITED', '--since', '1h');
    expect(found).toMatch(/topology-created +vhost 'audited'[^]*topology-deleted +vhost 'audited'/);
    expect(await done('audit', 'list', '--user', 'nobody')).toBe('No record is like this.\n');
    expect(await done('audit', 'verify')).toMatch(/^The audit log is whole: \d+ records/);
  });

  it('tells what a user may do, and what is in a virtual host', async () => {
    await done('vhost', 'add', 'checked');
    const check = ['permissions', 'check', 'guest', 'orders', '--vhost', 'checked'];
    expect(await done(...check)).toBe('guest may not enter checked.\n');
    await done('permissions', 'set', 'guest', '--vhost', 'checked', '--configure', '', '--write', '^ord');
    expect(await done(...check)).toBe('guest may do with queue orders: write, read.\n');
    await done('vhost', 'set', 'checked', '--queues', '7', '--description', 'tried');
    expect(await done('vhost', 'show', 'checked')).toBe(
      'checked (tried): 0 queues of at most 7, 0 messages, 0 connections, 1 users may enter.\n',
    );
    expect(JSON.parse(await done('vhost', 'show', 'checked', '--json'))).toMatchObject({ queuesMax: 7 });
  });

  it('shows the journal and compacts it', async () => {
    expect(await done('journal', 'stats')).toMatch(/Sync +\d+ times/);
    expect(await done('journal', 'compact')).toContain('Snapshot written');
  });

  it('refuses to touch the journal of a running server', async () => {
    for (const name of ['inspect', 'repair']) {
      const { code, stderr } = await place.sluice([name]);
      expect(code).toBe(73);
      expect(stderr).toContain(`process ${ready.pid}`);
    }
  });
});
