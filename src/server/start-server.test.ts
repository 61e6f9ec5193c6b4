import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { connectControl } from '../control/index.js';
import { systemDisk, type Disk, type SluiceError } from '../kernel/index.js';
import type { StartOptions } from './boot.js';
import { createLog } from './log.js';
import { startServer, type RunningServer } from './start-server.js';

let root: string;
let running: RunningServer[];
let logged: string[];
let failures: SluiceError[];
let onFailure: (error: SluiceError) => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-server-'));
  running = [];
  logged = [];
  failures = [];
  onFailure = (error) => failures.push(error);
});

afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(root, { recursive: true, force: true });
});

const quickPasswords = 'access: { passwords: { memoryKibibytes: 8, passes: 1 } }\n';

async function start(
  flags: Record<string, string> = {},
  file = '',
  more: Partial<StartOptions> = {},
): Promise<RunningServer> {
  writeFileSync(join(root, 'sluice.yaml'), quickPasswords + file);
  const sources = { flags: { amqp: '0', http: 'off', ...flags }, environment: {}, workingDirectory: root };
  const loaded = await loadSettings(sources);
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  const server = await startServer({
    settings: loaded.settings,
    sources,
    configFile: loaded.file,
    log: createLog({ level: 'info', format: 'json', colour: false, stream }),
    onFailure: (error) => {
      onFailure(error);
    },
    onStopRequest: () => undefined,
    ...more,
  });
  running.push(server);
  return server;
}

const data = (): string => join(root, 'data');

async function control<Result>(
  name: string,
  input: unknown = {},
  onEvent?: (event: unknown) => void,
): Promise<Result> {
  const client = await connectControl(data());
  if (client === undefined) throw new TypeError('no server');
  try {
    return (await client.call(name, input, onEvent).result) as Result;
  } finally {
    client.close();
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

describe('a server', () => {
  it('listens, answers on its control socket, and is gone after stop', async () => {
    const server = await start({ http: '0' });
    const { ports } = server.state.status();
    expect(Object.keys(ports).sort()).toEqual(['amqp', 'http']);
    expect(await canConnect(ports['amqp']!)).toBe(true);
    const ready = await fetch(`http://127.0.0.1:${ports['http']}/readyz`);
    expect(ready.status).toBe(200);
    expect(await control('status')).toMatchObject({ state: 'ready', pid: process.pid, ports });
    await server.stop();
    await server.stop();
    expect(await canConnect(ports['amqp']!)).toBe(false);
    expect(existsSync(join(data(), 'control.sock'))).toBe(false);
    expect(await connectControl(data())).toBeUndefined();
  });

  it('keeps its queues over a restart', async () => {
    const server = await start();
    const queue = { vhost: '/', queue: 'kept', durable: true, autoDelete: false, arguments: {} };
    await control('queue.declare', queue);
    await server.stop();
    await start();
    expect(await control('queue.show', { vhost: '/', queue: 'kept' })).toMatchObject({ name: 'kept' });
  });

  it('drops transient queues over a restart when told so', async () => {
    const server = await start({ transient: 'drop' });
    const queue = { vhost: '/', queue: 'gone', durable: false, autoDelete: false, arguments: {} };
    await control('queue.declare', queue);
    await server.stop();
    await start({ transient: 'drop' });
    await expect(control('queue.show', { vhost: '/', queue: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('refuses a directory that another server owns, and leaves that one alone', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'directory-owned',
      details: { owner: { pid: process.pid, state: 'ready' } },
    });
    expect(await control('status')).toMatchObject({ state: 'ready' });
  });

  it('refuses a taken port and gives the directory back', async () => {
    const first = await start();
    const port = String(first.state.ports['amqp']);
    const elsewhere = join(root, 'elsewhere');
    await expect(start({ amqp: port, data: elsewhere })).rejects.toMatchObject({ code: 'port-taken' });
    await start({ data: elsewhere });
  });

  it('tells of a refused configuration at reload, and changes nothing', async () => {
    await start();
    writeFileSync(join(root, 'sluice.yaml'), 'limits: { memory: lots }\n');
    await expect(control('reload')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('limits.memory') as string,
    });
    writeFileSync(join(root, 'sluice.yaml'), '');
    await expect(control('reload')).rejects.toMatchObject({ code: 'config-invalid' });
    expect(await control('status')).toMatchObject({ state: 'ready', diskFreeLimitBytes: 268_435_456 });
  });

  it('takes limits over at reload, and names what needs a restart', async () => {
    await start();
    writeFileSync(
      join(root, 'sluice.yaml'),
      `${quickPasswords}limits: { diskFree: 1MiB, memory: 8GiB }\nqueues: { transient: drop }\n`,
    );
    expect(await control('reload')).toMatchObject({
      applied: ['limits.diskFree', 'limits.memory.bytes', 'limits.memory.kind', 'limits.memory.share'],
      needRestart: ['queues.transient'],
      certificates: false,
    });
    expect(await control('status')).toMatchObject({
      diskFreeLimitBytes: 1_048_576,
      memoryLimitBytes: 8 * 2 ** 30,
    });
    expect(await control('reload')).toMatchObject({ applied: [], needRestart: ['queues.transient'] });
  });

  it('blocks publishers when free disk space is below its limit', async () => {
    await start({}, 'limits: { diskFree: 1000TiB }\n');
    expect(await control('status')).toMatchObject({ alarms: ['disk'] });
  });
});

describe('the first user', () => {
  it('takes the place of guest, once', async () => {
    writeFileSync(join(root, 'password'), 'sesame\n', { mode: 0o600 });
    const flags = { 'admin-user': 'ada', 'admin-password-file': join(root, 'password') };
    const server = await start(flags);
    expect(server.isGuestOnly).toBe(false);
    const { users } = await control<{ users: { name: string }[] }>('user.list');
    expect(users).toMatchObject([{ name: 'ada', tags: ['administrator'] }]);
    await server.stop();
    await start({ ...flags, 'admin-user': 'eve' });
    const { users: later } = await control<{ users: { name: string }[] }>('user.list');
    expect(later.map(({ name }) => name)).toEqual(['ada']);
  });

  it('is not made without a password that can be read', async () => {
    await expect(start({ 'admin-password-file': join(root, 'absent') })).rejects.toMatchObject({
      code: 'config-invalid',
    });
  });

  it('is guest alone without one', async () => {
    expect((await start()).isGuestOnly).toBe(true);
  });
});

describe('a disk that fails', () => {
  /** A real disk whose syncs fail once told so. */
  function failingDisk(): { readonly disk: Disk; fail(): void } {
    const system = systemDisk();
    let failing = false;
    const disk: Disk = {
      ...system,
      async open(path, mode) {
        const file = await system.open(path, mode);
        const sync = (): Promise<void> =>
          failing && path.includes('journal')
            ? Promise.reject(Object.assign(new TypeError('EIO'), { code: 'EIO' }))
            : file.sync();
        return Object.assign(Object.create(file) as typeof file, {
          write: file.write.bind(file),
          read: file.read.bind(file),
          truncate: file.truncate.bind(file),
          size: file.size.bind(file),
          close: file.close.bind(file),
          sync,
        });
      },
    };
    return {
      disk,
      fail: () => {
        failing = true;
      },
    };
  }

  it('is told at once, and nothing is answered after it', async () => {
    const failing = failingDisk();
    const told = new Promise<SluiceError>((resolve) => (onFailure = resolve));
    await start({}, '', { disk: failing.disk });
    failing.fail();
    const queue = { vhost: '/', queue: 'q', durable: true, autoDelete: false, arguments: {} };
    let answered = false;
    const declaring = control('queue.declare', queue).then(() => {
      answered = true;
    });
    declaring.catch(() => undefined);
    expect((await told).code).toMatch(/disk-failed|durability-lost/);
    expect(answered).toBe(false);
  });
});

it('keeps its files for its owner alone', async () => {
  const server = await start();
  await server.stop();
  const { statSync, readdirSync } = await import('node:fs');
  for (const entry of readdirSync(data(), { withFileTypes: true, recursive: true })) {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o077;
    expect(mode, entry.name).toBe(0);
  }
  expect(logged.join('')).not.toContain('password');
  expect(readFileSync(join(root, 'sluice.yaml'), 'utf8')).toContain('passwords');
});
