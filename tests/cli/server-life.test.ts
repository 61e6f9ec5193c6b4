/** `sluice up` as its operators meet it: ready lines, refusals, signals, exit codes. */
import { open, readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../support/child.mjs';
import { makeWorkplace, type Server, type Workplace } from './sluice.js';

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

async function exitCode(server: Server): Promise<number | null> {
  return (await server.exited).code;
}

describe('starting', () => {
  it('prints one line of JSON once every listener accepts', async () => {
    const server = place.up(['--http', '0']);
    const ready = await server.ready;
    expect(Object.keys(ready.ports).sort()).toEqual(['amqp', 'http']);
    const health = await fetch(`http://127.0.0.1:${ready.ports.http ?? 0}/readyz`);
    expect(await health.json()).toEqual({ status: 'ready' });
    const status = await place.sluice(['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ pid: ready.pid, state: 'ready', ports: ready.ports });
  });

  it('says calmly what listens where, and where the data is', async () => {
    const launcher = join(import.meta.dirname, '../../bin/sluice.js');
    const flags = ['up', '--amqp', '0', '--http', '0', '--log-level', 'error'];
    const server = startChild(process.execPath, [launcher, ...flags], { cwd: place.folder });
    await server.line((line) => (line.includes('sluice demo') ? true : undefined), 30_000);
    await server.end('SIGTERM', 20_000);
    const stdout = server.tail();
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^Sluice \d+\.\d+\.\d+ is ready \(process \d+\)\.$/);
    expect(lines[1]).toMatch(/^ {2}AMQP 0-9-1 +127\.0\.0\.1:\d+/);
    expect(lines[2]).toMatch(/^ {2}HTTP +127\.0\.0\.1:\d+/);
    expect(lines[3]).toMatch(/^ {2}Console +http:\/\/localhost:\d+ \(guest, guest\)$/);
    expect(lines[4]).toMatch(/^ {2}Data +\.\/data$/);
    expect(lines[5]).toMatch(/^ {2}See it at work +sluice demo/);
    expect(stdout).not.toContain('\u001b');
  });

  it('logs JSON lines with event codes where there is no terminal', async () => {
    const server = place.up();
    await server.line((line) => (line.includes('"event":"server.ready"') ? true : undefined), 30_000);
  });

  it('is refused on a directory that another server owns', async () => {
    const { pid } = await place.up().ready;
    const { code, stdout, stderr } = await place.sluice(['up', '--amqp', '0', '--http', 'off']);
    expect({ code, stdout }).toEqual({ code: 73, stdout: '' });
    expect(stderr).toContain(`is owned by process ${pid}, since 20`);
  });

  it('succeeds for exactly one of several at once', async () => {
    const servers = [place.up(), place.up(), place.up()];
    const outcomes = await Promise.all(
      servers.map((server) => Promise.race([server.ready.then(() => 'ready'), exitCode(server)])),
    );
    expect(outcomes.filter((outcome) => outcome === 'ready')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 73)).toHaveLength(2);
  });

  it('is refused on a taken port, naming its holder and the flag that avoids it', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    try {
      const { code, stderr } = await place.sluice(['up', '--amqp', String(port), '--http', 'off']);
      expect(code).toBe(73);
      expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken by`);
      expect(stderr).toContain(`(process ${process.pid})`);
      expect(stderr).toContain('--amqp PORT');
    } finally {
      holder.close();
    }
  });

  it('is refused with a bad configuration, naming file, line and setting', async () => {
    await writeFile(join(place.folder, 'sluice.yaml'), 'amqp:\n  prot: 1\n');
    const { code, stderr } = await place.sluice(['up']);
    expect(code).toBe(2);
    expect(stderr).toContain('sluice.yaml:2: amqp.prot: unknown setting');
  });

  it('is refused on a damaged journal until it is repaired', async () => {
    const server = place.up();
    await server.ready;
    for (const queue of ['before', 'damaged-one', 'after']) await place.sluice(['queue', 'declare', queue]);
    await place.sluice(['stop']);
    const segments = join(place.data, 'journal', 'segments');
    const [first = ''] = (await readdir(segments)).sort();
    const file = await open(join(segments, first), 'r+');
    const at = (await file.readFile()).indexOf('damaged-one');
    await file.write(Buffer.alloc(4, 0xff), 0, 4, at);
    await file.close();
    const refused = await place.sluice(['up', '--amqp', '0', '--http', 'off']);
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('sluice repair');
    expect((await place.sluice(['inspect'])).code).toBe(65);
    const repaired = await place.sluice(['repair']);
    expect(repaired).toMatchObject({ code: 0 });
    expect(repaired.stdout).toContain('Set aside');
    expect((await place.sluice(['inspect'])).code).toBe(0);
    await place.up().ready;
    const { stdout } = await place.sluice(['queue', 'list', '--json']);
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    expect(names.sort()).toEqual(['after', 'before']);
  });
});

describe('ending', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const server = place.up();
    await server.ready;
    expect(await server.end(signal, 20_000)).toMatchObject({ code: 0 });
    expect(await readdir(place.data)).not.toContain('control.sock');
  });

  it('is complete when `sluice stop` returns', async () => {
    const server = place.up();
    const { pid } = await server.ready;
    const { code, stdout } = await place.sluice(['stop']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Stopped (process ${pid}).\n` });
    expect(await exitCode(server)).toBe(0);
    expect((await place.sluice(['status'])).code).toBe(69);
  });

  it('leaves the directory to the next at once, also after kill -9', async () => {
    const server = place.up();
    const { pid } = await server.ready;
    process.kill(pid, 'SIGKILL');
    await place.up().ready;
  });

  it('comes with 74 and nothing more confirmed when a sync fails', async () => {
    const preload = join(place.folder, 'fail-sync.mjs');
    await writeFile(
      preload,
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       const fail = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
       let failing = false;
       process.on('SIGUSR2', () => { failing = true; });
       const { fdatasync } = fs;
       fs.fdatasync = (fd, done) => (failing ? setImmediate(done, fail()) : fdatasync(fd, done));
       const { open } = fs.promises;
       fs.promises.open = async (...given) => {
         const handle = await open(...given);
         const datasync = handle.datasync.bind(handle);
         handle.datasync = () => (failing ? Promise.reject(fail()) : datasync());
         return handle;
       };
       syncBuiltinESMExports();`,
    );
    const server = place.up([], ['--import', preload]);
    const { pid } = await server.ready;
    process.kill(pid, 'SIGUSR2');
    const declared = await place.sluice(['queue', 'declare', 'q']);
    expect(declared.code).not.toBe(0);
    expect(declared.stdout).toBe('');
    expect(await exitCode(server)).toBe(74);
    expect(server.tail()).toContain('server.disk-failed');
  });
});

describe('reloading', () => {
  it('happens on SIGHUP and on `sluice reload`, and refuses what is wrong', async () => {
    const path = join(place.folder, 'sluice.yaml');
    await writeFile(path, 'limits: { diskFree: 1MiB }\n');
    const server = place.up();
    const { pid } = await server.ready;
    await writeFile(path, 'limits: { diskFree: 2MiB }\nhttp: { port: 1 }\n');
    const reloaded = server.line((line) => (line.includes('"server.reloaded"') ? line : undefined), 20_000);
    process.kill(pid, 'SIGHUP');
    expect(JSON.parse(await reloaded)).toMatchObject({ applied: ['limits.diskFree'], needRestart: [] });
    await writeFile(path, 'limits: { diskFree: 3MiB }\nqueues: { transient: drop }\n');
    const outcome = await place.sluice(['reload']);
    expect(outcome.stdout).toBe('Now in force: limits.diskFree\nNeeds a restart: queues.transient\n');
    await writeFile(path, 'limits: { diskFree: plenty }\n');
    const refused = await place.sluice(['reload']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('sluice.yaml:1: limits.diskFree: must be a size');
    const failed = server.line(
      (line) => (line.includes('"server.reload-failed"') ? true : undefined),
      20_000,
    );
    process.kill(pid, 'SIGHUP');
    await failed;
    expect(JSON.parse((await place.sluice(['status', '--json'])).stdout)).toMatchObject({
      diskFreeLimitBytes: 3 * 1_048_576,
    });
  });
});
