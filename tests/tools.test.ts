/** The tools build what is stale and nothing else, in a fabricated clone. */
import { execFile, spawnSync, type ExecFileException } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isNewEnough } from '../bin/require-node.js';

const root = fileURLToPath(new URL('..', import.meta.url));
let clone = '';

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'sluice-clone-'));
  for (const path of [
    'bin',
    'tools',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'vitest.config.ts',
    'tests/support/longest-first.ts',
  ]) {
    await cp(join(root, path), join(clone, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
  await mkdir(join(clone, 'src', 'cli'), { recursive: true });
  await source('cli/main.ts', 'console.log(JSON.stringify(process.argv.slice(2)));');
  await source('extra.ts', 'export const extra = 1;');
});

afterAll(async () => {
  await rm(clone, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(program: string, ...parameters: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, parameters, { cwd: tmpdir() }, (error: ExecFileException | null, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const tool = (name: string, ...parameters: string[]): Promise<Ended> =>
  run(process.execPath, join(clone, 'tools', name), ...parameters);

async function source(path: string, text: string): Promise<void> {
  await writeFile(join(clone, 'src', path), text);
}

const built = (path: string): string => join(clone, 'dist', path);

it('builds a clone by its launcher, starts it, and builds again what has changed', async () => {
  const first = await run(join(clone, 'bin', 'sluice'), 'queue', 'list');
  expect(first).toMatchObject({ code: 0, out: '["queue","list"]\n' });
  expect(first.err).toContain('Building');

  await utimes(join(clone, 'src', 'extra.ts'), 1, 1);
  const second = await tool('start.mjs', '--amqp', '0');
  expect(second).toEqual({ code: 0, out: '["up","--amqp","0"]\n', err: '' });

  await source('extra.ts', 'export const extra = 2;');
  expect((await tool('build.mjs')).code).toBe(0);
  expect(await readFile(built('extra.js'), 'utf8')).toContain('extra = 2');
});

it('builds once where two commands ask for it at the same time', async () => {
  await rm(join(clone, 'dist'), { recursive: true });
  // Left behind by a command that was killed.
  const gone = spawnSync(process.execPath, ['--version']).pid;
  await writeFile(join(clone, '.preparing'), String(gone));
  const both = await Promise.all([tool('build.mjs'), tool('build.mjs')]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const said = both.map(({ err }) => err).sort((a, b) => a.length - b.length);
  expect(said[0]).toMatch(/^Building \.\.\.\n.*done/);
  expect(said[1]).toMatch(/^Another command is building.*\nNothing to build/);
  expect((await readdir(clone)).filter((name) => name.startsWith('.preparing'))).toEqual([]);
});

it('removes what a deleted source left behind', async () => {
  await rm(join(clone, 'src', 'extra.ts'));
  expect((await tool('build.mjs')).code).toBe(0);
  expect(existsSync(built('extra.js'))).toBe(false);
  expect(existsSync(built('extra.d.ts'))).toBe(false);
  expect((await tool('build.mjs')).err).toContain('Nothing to build');
});

it('keeps tests and what is for them alone out of the build', async () => {
  await mkdir(join(clone, 'src', 'cli', 'testing'), { recursive: true });
  await source('cli/testing/support.ts', 'export const support = 1;');
  await source('cli/main.test.ts', `import { support } from './testing/support.js'; void support;`);
  expect(await tool('build.mjs')).toMatchObject({
    code: 0,
    err: expect.stringContaining('Nothing') as string,
  });
  // As a compiler of before would have left them.
  await mkdir(built('cli/testing'), { recursive: true });
  await writeFile(built('cli/testing/support.js'), '');
  await source('cli/main.ts', 'console.log(JSON.stringify(process.argv.slice(2))); // Built again.');
  expect((await tool('build.mjs')).err).toContain('Building');
  expect(existsSync(built('cli/main.js'))).toBe(true);
  expect(existsSync(built('cli/main.test.js'))).toBe(false);
  expect(existsSync(built('cli/testing/support.js'))).toBe(false);
  await rm(join(clone, 'src', 'cli', 'main.test.ts'));
});

it('fails with the message of the compiler, and again until it is mended', async () => {
  await source('extra.ts', 'export const extra: string = 3;');
  for (let attempt = 0; attempt < 2; attempt++) {
    const failed = await tool('build.mjs');
    expect(failed.code).not.toBe(0);
    expect(failed.err).toContain('extra.ts(1,14): error TS2322');
  }
  await source('extra.ts', 'export const extra = 4;');
  expect((await tool('build.mjs')).code).toBe(0);
  expect(await readFile(built('extra.js'), 'utf8')).toContain('extra = 4');
});

it('names the scenarios it knows', async () => {
  await mkdir(join(clone, 'bench', 'echo'), { recursive: true });
  await writeFile(join(clone, 'bench', 'echo', 'run.mjs'), 'console.log(process.argv.slice(2).join());');
  expect(await tool('bench.mjs', 'echo', '--size', '1')).toMatchObject({ code: 0, out: '--size,1\n' });
  const refused = await tool('bench.mjs', 'absent');
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('Names: echo');
});

it('counts tests in its last line, and ends as they did', async () => {
  await mkdir(join(clone, 'tests'), { recursive: true });
  const test = (path: string, text: string): Promise<void> =>
    writeFile(
      join(clone, 'tests', path),
      `import { describe, it } from 'vitest';\nvoid [describe, it];\n${text}\n`,
    );
  await test('pass.test.ts', `it('a', () => {}); it('b', (test) => { test.skip('no reason to run'); });`);
  await test(
    'skip.test.ts',
    `describe.skipIf(true)('c [skipped: d is not installed]', () => { it('e', () => {}); });`,
  );
  const passed = await tool('test.mjs');
  expect(passed).toMatchObject({ code: 0 });
  expect(passed.out.split('\n').slice(-4)).toEqual([
    'skipped: tests/pass.test.ts > b (no reason to run)',
    'skipped: tests/skip.test.ts > c [skipped: d is not installed] > e',
    'Tests: 1 passed, 0 failed, 2 skipped',
    '',
  ]);

  await test('fail.test.ts', `it('f', () => { throw new Error('f'); });`);
  await test('load.test.ts', `it('g', () => {}); throw new Error('h');`);
  const failed = await tool('test.mjs');
  expect(failed.code).toBe(1);
  expect(failed.out).toMatch(/\nTests: 1 passed, 2 failed, 2 skipped\n$/);
});

it.each([
  ['20.19.0', true],
  ['20.18.9', false],
  ['18.20.0', false],
  ['22.0.0', true],
])('judges Node %s', (version, enough) => {
  expect(isNewEnough(version, '>=20.19')).toBe(enough);
});
