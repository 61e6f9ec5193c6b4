import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/index.js';
import { askOwner } from './ask-owner.js';
import { claimDirectory, type DirectoryClaim } from './claim.js';
import { ControlServer } from './control-server.js';

const clock = systemClock();
let root: string;
let directory: string;
const children: ChildProcess[] = [];
const claims: DirectoryClaim[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-claim-'));
  directory = join(root, 'data');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const claim of claims.splice(0)) await claim.release();
  rmSync(root, { recursive: true, force: true });
});

async function claim(at = directory): Promise<DirectoryClaim> {
  const made = await claimDirectory(at, clock);
  claims.push(made);
  return made;
}

function serve(made: DirectoryClaim): ControlServer {
  return new ControlServer({
    claim: made,
    clock,
    version: '9.9.9',
    early: new Map(),
    failed: () => undefined,
  });
}

/** A process that holds the lock with a socket that answers nothing, until it is killed. */
async function holdInChild(at: string): Promise<ChildProcess> {
  // The idiom itself, without our TypeScript: a descriptor locked by a child and kept.
  const script = `
    const { openSync } = require('node:fs');
    const { spawnSync } = require('node:child_process');
    const fd = openSync(process.argv[1], 'r');
    const { status } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    require('node:net').createServer().listen(process.argv[1] + '/control.sock', () => {
      console.log('held', status);
    });`;
  const child = spawn(process.execPath, ['-e', script, at], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (data: Buffer) => {
      resolve(data.toString());
    });
  });
  expect(line.trim()).toBe('held 0');
  return child;
}

describe('a claim', () => {
  it('makes the directory and the socket for the owner alone', async () => {
    await claim();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['control.sock']);
  });

  it('refuses a second claim, naming the owner', async () => {
    serve(await claim());
    await expect(claim()).rejects.toMatchObject({
      code: 'directory-owned',
      message: expect.stringMatching(new RegExp(`process ${process.pid}, since 20`)) as string,
      details: { owner: { pid: process.pid, version: '9.9.9', state: 'starting' } },
    });
  });

  it('can be made again after release, which removes the socket', async () => {
    const first = await claim();
    await first.release();
    await first.release();
    expect(existsSync(join(directory, 'control.sock'))).toBe(false);
    await claim();
  });

  it('goes to exactly one of many that start at once, over a stale socket', async () => {
    mkdirSync(directory);
    const holder = await holdInChild(directory);
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
    expect(existsSync(join(directory, 'control.sock'))).toBe(true);
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, async () => serve(await claim())));
    const refusals = attempts.filter(({ status }) => status === 'rejected');
    expect(refusals).toHaveLength(7);
    for (const refusal of refusals) {
      expect((refusal as PromiseRejectedResult).reason).toMatchObject({ code: 'directory-owned' });
    }
    const owner = await askOwner(directory, 1_000);
    expect(owner?.hello.pid).toBe(process.pid);
    owner?.socket.destroy();
  });

  it('refuses a directory whose owner does not answer', async () => {
    mkdirSync(directory);
    await holdInChild(directory);
    await expect(claim()).rejects.toThrow('is owned by another process, which does not answer');
  });

  it('is exclusive also where there is no flock, and against an owner who had one', async () => {
    const { PATH } = process.env;
    const other = join(root, 'other');
    serve(await claim(other));
    process.env['PATH'] = root;
    try {
      serve(await claim());
      await expect(claim()).rejects.toMatchObject({ code: 'directory-owned' });
      await expect(claim(other)).rejects.toMatchObject({ code: 'directory-owned' });
    } finally {
      process.env['PATH'] = PATH;
    }
    await expect(claim()).rejects.toMatchObject({ code: 'directory-owned' });
  });

  it('is taken over as soon as a killed owner is gone', async () => {
    mkdirSync(directory);
    const holder = await holdInChild(directory);
    const claiming = claim();
    holder.kill('SIGKILL');
    await expect(claiming).resolves.toMatchObject({ directory });
  });

  it('clears temporary sockets that a crash left', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, '.control-0123456789ab.sock'), '');
    writeFileSync(join(directory, '.control-mine'), '');
    await claim();
    expect(readdirSync(directory).sort()).toEqual(['.control-mine', 'control.sock']);
  });

  it('does not remove a socket that someone else put there', async () => {
    const made = await claim();
    rmSync(join(directory, 'control.sock'));
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(join(directory, 'control.sock'), resolve));
    await made.release();
    expect(existsSync(join(directory, 'control.sock'))).toBe(true);
    other.close();
  });

  it('works below a path longer than a socket address', async () => {
    const long = join(root, 'a'.repeat(100), 'b'.repeat(100));
    serve(await claim(long));
    const owner = await askOwner(long, 1_000);
    expect(owner?.hello.pid).toBe(process.pid);
    owner?.socket.destroy();
    await expect(claim(long)).rejects.toMatchObject({ code: 'directory-owned' });
  });

  it('refuses a path that is a file', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(claim(join(root, 'file'))).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('serves connections that came before there was anyone to serve them', async () => {
    const made = await claim();
    const asking = askOwner(directory, 1_000);
    await new Promise((resolve) => setImmediate(resolve));
    serve(made);
    const owner = await asking;
    expect(owner?.hello.version).toBe('9.9.9');
    owner?.socket.destroy();
  });
});
