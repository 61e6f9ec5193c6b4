/**
 * The package as a newcomer gets it: packed, installed into an empty folder with its dependencies from the registry,
 * used by a program, by a TypeScript compiler and by `npx`.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram, startChild, type Child } from '../support/child.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installTimeoutMs = 240_000;
/** Packing, which may build, and installing. */
const setUpTimeoutMs = 2 * installTimeoutMs;

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
}, setUpTimeoutMs);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('it holds what runs and its types, and neither sources nor tests', async () => {
  const installed = join(folder, 'node_modules', 'sluice');
  const files = await readdir(installed, { recursive: true });
  for (const needed of [
    'dist/index.js',
    'dist/index.d.ts',
    'bin/sluice.js',
    'console/dist/index.html',
    'package.json',
  ])
    expect(files).toContain(needed);
  // `dist/testing` is for the tests of programs.
  const unwanted = files
    .filter((file) => !/^dist\/(commonjs\/)?testing/.test(file))
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

const inMemory = `
  const app = await openTesting();
  const add = app.task('add', { run: (n) => n + 1, retry: { attempts: 1 } });
  app.worker({ tasks: [add] });
  const handle = await add.enqueue(41, { delay: '1h' });
  await app.clock.advance('1h');
  await app.idle();`;

test('tests of programs get the engine in memory, from modules and from CommonJS', async () => {
  const body = `${inMemory} console.log(await handle.result()); await app.close();`;
  await writeFile(join(folder, 'testing.mjs'), `import { openTesting } from 'sluice/testing';${body}`);
  const common = `const { openTesting } = require('sluice/testing'); (async () => {${body}})();`;
  await writeFile(join(folder, 'testing.cjs'), common);
  expect(await run('node', 'testing.mjs')).toBe('42\n');
  expect(await run('node', 'testing.cjs')).toBe('42\n');
});

/** What a test runner is asked to run, with its own `test` and `expect` as globals. */
const suite = `
  test('a task an hour from now', async () => {
    ${inMemory}
    expect(await handle.result()).toBe(42);
    await app.close();
  });
  test('errors are those of the package', async () => {
    const app = await openTesting();
    const broken = app.task('broken', { run: () => { throw new Error('no'); }, retry: { attempts: 1 } });
    app.worker({ tasks: [broken] });
    const handle = await broken.enqueue(1);
    await app.idle();
    const failure = await handle.result().catch((error) => error);
    expect(failure).toBeInstanceOf(TaskFailed);
    expect(failure).toBeInstanceOf(Error);
    await app.close();
  });`;

/** Makes a project of its own in the folder whose packages it uses. */
async function project(name: string, type: string, text: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'package.json'), JSON.stringify({ private: true, type }));
  await writeFile(join(folder, name, 'task.test.js'), text);
}

test('Jest runs the tests of a CommonJS project, without flags, also on a directory', async () => {
  await project(
    'jest',
    'commonjs',
    `const { open, TaskFailed } = require('sluice');
     const { openTesting } = require('sluice/testing');
     ${suite}
     test('a directory, served to a browser, and attached to', async () => {
       const app = await open({ engine: './jest-data', http: 0 });
       const double = app.task('double', { run: ({ n }) => ({ twice: 2 * n }) });
       app.worker({ tasks: [double] });
       const other = await open('./jest-data');
       const handle = await other.task('double', {}).enqueue({ n: 21 });
       expect(await handle.result({ timeout: '20s' })).toEqual({ twice: 42 });
       await other.close();
       await app.close();
     }, 30_000);`,
  );
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const output = await runProgram('node', [jest, '--rootDir', 'jest', '--ci'], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  expect(output.code, output.stderr).toBe(0);
  expect(output.stderr).toContain('3 passed');
}, 120_000);

test('Vitest runs the tests of an ES module project', async () => {
  const imports = `import { TaskFailed } from 'sluice'; import { openTesting } from 'sluice/testing';`;
  await project('vitest', 'module', `${imports}${suite}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = ['--reporter', 'json'];
  const output = await run('node', vitest, 'run', '--root', 'vitest', '--globals', ...reporter);
  expect(JSON.parse(output)).toMatchObject({ success: true, numPassedTests: 2 });
}, 120_000);

test('in Node itself there is one copy of every class, however it is loaded', async () => {
  await writeFile(
    join(folder, 'copies.cjs'),
    `import('sluice').then((modules) => {
       const common = require('sluice');
       console.log(common.SluiceError === modules.SluiceError, common.open === modules.open);
     });`,
  );
  expect(await run('node', 'copies.cjs')).toBe('true true\n');
});

test('its types hold in CommonJS, for Node and for bundlers', async () => {
  await writeFile(
    join(folder, 'common.cts'),
    `import { open } from 'sluice';
     import { openTesting } from 'sluice/testing';
     export async function counts(): Promise<number> {
       const app = await openTesting();
       const length = app.task('length', { run: (text: string) => text.length });
       const handle = await length.enqueue('four');
       await app.clock.advance('1h');
       const result: number = await handle.result();
       return result;
     }
     export const opened: Promise<unknown> = open({ engine: './data' });`,
  );
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types'), '--ignoreConfig'];
  const strict = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,esnext.disposable'];
  for (const [module, resolution] of [
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const settings = ['--module', module, '--moduleResolution', resolution];
    await run('node', compiler, ...strict, ...types, ...settings, 'common.cts');
  }
}, 120_000);

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
