/**
 * The package as a newcomer gets it: packed, installed into an empty folder with its dependencies from the registry,
 * used by a program, by a TypeScript compiler and by `npx`.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram, startChild, type Child } from '../support/child.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installTimeoutMs = 240_000;

let folder: string;

async function run(command: string, ...parameters: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, parameters, {
    cwd: folder,
    timeoutMs: installTimeoutMs,
  });
  expect(code, `${command} ${parameters.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  const packed = await runProgram('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    timeoutMs: installTimeoutMs,
  });
  expect(packed.code, packed.stderr).toBe(0);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))!;
  await run(
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `./${tarball}`,
  );
}, installTimeoutMs);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('it holds what runs and its types, and neither sources nor tests', async () => {
  const installed = join(folder, 'node_modules', 'sluice');
  const files = await readdir(installed, { recursive: true });
  for (const needed of ['dist/index.js', 'dist/index.d.ts', 'bin/sluice.js', 'package.json'])
    expect(files).toContain(needed);
  // `dist/testing` is for the tests of programs.
  const unwanted = files
    .filter((file) => !file.startsWith('dist/testing'))
    .filter((file) => /(^|\/)(tests?|testing|bench|src)(\/|$)|\.test\./.test(file));
  expect(unwanted).toEqual([]);
  // What only develops Sluice is not installed with it.
  expect(existsSync(join(folder, 'node_modules', 'vitest'))).toBe(false);
});

test('a program opens a directory, and finds its messages after it was killed', async () => {
  await writeFile(
    join(folder, 'program.mjs'),
    `import { open, SluiceError } from 'sluice';
     const app = await open({ engine: './data' });
     const queue = app.queue('hello');
     if (process.argv[2] === 'send') {
       await queue.send('Hello World!', { to: 'you' });
       process.kill(process.pid, 'SIGKILL');
     }
     const refused = await open({ engine: './data', attach: false }).catch((error) => error);
     if (!(refused instanceof SluiceError)) throw new Error('a directory was opened twice');
     const texts = [];
     for await (const message of queue.receive()) {
       texts.push(message.text());
       await message.ack();
       if (texts.length === 2) break;
     }
     await app.close();
     console.log(JSON.stringify({ texts, code: refused.code, owner: refused.details.owner.pid === process.pid }));`,
  );
  const killed = await runProgram('node', ['program.mjs', 'send'], { cwd: folder });
  expect(killed.signal).toBe('SIGKILL');
  const output = JSON.parse(await run('node', 'program.mjs')) as unknown;
  expect(output).toEqual({ texts: ['Hello World!', '{"to":"you"}'], code: 'directory-owned', owner: true });
});

test('an engine on a directory loads no AMQP client, and one on a server no journal', async () => {
  await writeFile(
    join(folder, 'lazy.mjs'),
    `import { createRequire } from 'node:module';
     import { open } from 'sluice';
     const { cache } = createRequire(import.meta.url);
     const loaded = (name) => Object.keys(cache).some((path) => path.includes(name));
     const before = ['amqplib', 'crc32'].map(loaded);
     await open('amqp://127.0.0.1:1').catch((error) => { if (error.code !== 'connection-failed') throw error; });
     const server = ['amqplib', 'crc32'].map(loaded);
     console.log(JSON.stringify({ before, server }));`,
  );
  await writeFile(
    join(folder, 'lazy-directory.mjs'),
    `import { createRequire } from 'node:module';
     import { open } from 'sluice';
     const { cache } = createRequire(import.meta.url);
     await (await open('./lazy-data')).close();
     console.log(Object.keys(cache).some((path) => path.includes('amqplib')));`,
  );
  expect(JSON.parse(await run('node', 'lazy.mjs'))).toEqual({
    before: [false, false],
    server: [true, false],
  });
  expect(await run('node', 'lazy-directory.mjs')).toBe('false\n');
});

test('tests of programs get the engine in memory, from modules and from CommonJS', async () => {
  const body = `
    const app = await openTesting();
    const add = app.task('add', { run: (n) => n + 1 });
    app.worker({ tasks: [add] });
    const handle = await add.enqueue(41, { delay: '1h' });
    await app.clock.advance('1h');
    console.log(await handle.result());
    await app.close();`;
  await writeFile(join(folder, 'testing.mjs'), `import { openTesting } from 'sluice/testing';${body}`);
  const common = `const { openTesting } = require('sluice/testing'); (async () => {${body}})();`;
  await writeFile(join(folder, 'testing.cjs'), common);
  expect(await run('node', 'testing.mjs')).toBe('42\n');
  expect(await run('node', 'testing.cjs')).toBe('42\n');
});

test('its types hold in a strict program, and refuse a wrong one', async () => {
  const program = (order: string): string => `
    import { open, SluiceError, type Delivery, type QueueOptions } from 'sluice';
    const options: QueueOptions = { order: '${order}', messageTtl: '1h', deadLetter: 'failed' };
    await using app = await open({ engine: './data' });
    const queue = app.queue('hello', options);
    await queue.send('text', { json: [1, null] }, { body: Buffer.from('x'), delay: '2s', key: 'k' });
    const handle = async (message: Delivery): Promise<void> => {
      const outcome: 'settled' | 'lost' = await message.ack({ send: { queue: 'next', message: { done: true } } });
      if (outcome === 'lost') throw new SluiceError('closed', 'lost');
    };
    for await (const message of queue.receive({ prefetch: 10 })) await handle(message);
    if (app.capabilities.delay.kind === 'emulated') console.log(app.capabilities.delay.limit);`;
  await writeFile(join(folder, 'right.ts'), program('deadline'));
  await writeFile(join(folder, 'wrong.ts'), program('random'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext'];
  const target = ['--target', 'es2022', '--lib', 'es2022,esnext.disposable'];
  const settings = [compiler, ...strict, ...target, ...types, '--ignoreConfig'];
  await run('node', ...settings, 'right.ts');
  const wrong = await runProgram('node', [...settings, 'wrong.ts'], {
    cwd: folder,
    timeoutMs: installTimeoutMs,
  });
  expect(wrong.code).not.toBe(0);
  expect(wrong.stdout).toContain('\'"random"\'');
});

test('npx sluice up serves, says where, and stops politely', async () => {
  const parameters = ['sluice', 'up', '--json', '--data', './served', '--amqp', '0', '--http', '0'];
  const server: Child = startChild('npx', parameters, { cwd: folder });
  interface Ready {
    readonly ready: boolean;
    readonly pid: number;
    readonly ports: { readonly amqp: number };
  }
  const ready = await server.line(
    // Log lines are JSON too.
    (line) => (line.startsWith('{"ready":') ? (JSON.parse(line) as Ready) : undefined),
    60_000,
  );
  try {
    expect(ready.ready).toBe(true);
    await writeFile(
      join(folder, 'client.mjs'),
      `import { open } from 'sluice';
       const app = await open('amqp://guest:guest@127.0.0.1:${ready.ports.amqp}');
       await app.queue('hello').send('over AMQP');
       console.log(app.engine.kind, (await app.queue('hello').info()).ready);
       await app.close();`,
    );
    expect(await run('node', 'client.mjs')).toBe('sluice 1\n');
  } finally {
    process.kill(ready.pid, 'SIGTERM');
    await server.exited;
  }
}, 120_000);
