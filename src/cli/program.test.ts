import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandTable } from './command-table.js';
import { runProgram } from './program.js';
import { Shell, type Output } from './shell.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function capture(): Output & { text: string } {
  const output = {
    text: '',
    isTerminal: false,
    hasColour: false,
    columns: 80,
    write: (text: string | Uint8Array) => {
      output.text += typeof text === 'string' ? text : Buffer.from(text).toString();
      return Promise.resolve();
    },
  };
  return output;
}

async function run(...words: string[]) {
  const out = capture();
  const err = capture();
  const code = await runProgram(words, new Shell(out, err, {}, directory));
  return { code, out: out.text, err: err.text };
}

describe('the program', () => {
  it.each([['--version'], ['-V'], ['version']])('tells its version: %s', async (word) => {
    const { code, out } = await run(word);
    expect(code).toBe(0);
    expect(out).toMatch(/^sluice \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await run(word, '--json')).out)).toMatchObject({ node: process.versions.node });
  });

  it('shows every command when nothing is asked', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    for (const { name, summary } of commandTable) expect(out).toContain(name.padEnd(4) && summary);
  });

  it.each([
    ['--help', ['--help']],
    ['help', ['help']],
    ['help of a command', ['help', 'queue']],
    ['--help of a command', ['queue', '--help']],
    ['--help of a subcommand', ['queue', 'peek', '--help']],
  ])('shows help: %s', async (_name, words) => {
    const { code, out, err } = await run(...words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Usage: sluice');
  });

  it('shows the commands of a group when none is given', async () => {
    const { code, err } = await run('queue');
    expect(code).toBe(2);
    expect(err).toContain('peek');
  });

  it.each([
    ['an unknown command', ['quue']],
    ['an unknown subcommand', ['queue', 'pek']],
    ['an unknown option', ['status', '--wat']],
    ['a missing argument', ['queue', 'peek']],
    ['an argument too many', ['user', 'add', 'ada', 'secret']],
    ['a count that is none', ['consume', 'q', '--count', '0']],
    ['a duration that is none', ['consume', 'q', '--timeout', 'soon']],
    ['a pair that is none', ['publish', 'q', '--header', 'novalue']],
  ])('ends with 2 for %s', async (_name, words) => {
    const { code, out, err } = await run(...words);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^sluice: /);
    expect(err).not.toContain('secret');
  });

  it('suggests the command that was meant', async () => {
    for (const words of [['quue'], ['help', 'quue']]) {
      const { code, err, out } = await run(...words);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^sluice: unknown command 'quue'\n\(Did you mean queue\?\)/);
    }
  });

  it('says what is wrong with the words in JSON when asked for JSON', async () => {
    for (const words of [
      ['queue', 'lst', '--json'],
      ['--json', 'status', '--wat'],
      ['report', '--since', 'x', '--json'],
    ]) {
      const { code, err } = await run(...words);
      expect(code).toBe(2);
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'bad-input' } });
    }
  });

  it.each([
    ['a rule', ['alert', 'backtest', 'none.yaml'], 'none.yaml'],
    ['tasks', ['analyze', 'none.yaml'], 'none.yaml'],
    ['definitions', ['definitions', 'import', 'none.json'], 'none.json'],
  ])('says plainly that there is no file of %s', async (_name, words, file) => {
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(err).toBe(`sluice: ${file} cannot be read: there is no such file\n`);
  });

  it('shows durations in help as people write them', async () => {
    for (const words of [
      ['history'],
      ['report'],
      ['silence', 'add'],
      ['alert', 'backtest'],
      ['availability'],
    ])
      expect((await run(...words, '--help')).out).toMatch(/default: "?\d+[hd]"?\)/);
  });

  it.each(commandTable.map(({ name }) => [name]))('loads %s', async (name) => {
    const { code, out } = await run(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: sluice ${name}`);
  });
});

describe('without a server', () => {
  it('says so, and what to do', async () => {
    const { code, out, err } = await run('queue', 'list');
    expect(code).toBe(69);
    expect(out).toBe('');
    expect(err).toBe('sluice: No Sluice server runs on ./data. Start one with: sluice up --data ./data\n');
  });

  it('says so in JSON when asked for JSON', async () => {
    const { code, err } = await run('status', '--json', '--data', '/absent');
    expect(code).toBe(69);
    expect(JSON.parse(err)).toMatchObject({
      error: { message: expect.stringContaining('/absent') as string },
    });
  });

  it('has no journal to inspect or repair', async () => {
    for (const name of ['inspect', 'repair']) {
      expect(await run(name)).toMatchObject({
        code: 1,
        err: 'sluice: There is no journal in ./data.\n',
      });
    }
  });
});

describe('sluice up', () => {
  it('refuses protocols that are still to come', async () => {
    const { code, err } = await run('up', '--mqtt', '1883');
    expect(code).toBe(2);
    expect(err).toBe('sluice: --mqtt: MQTT is not part of this release yet.\n');
  });

  it('refuses a bad setting, naming the flag', async () => {
    const { code, err } = await run('up', '--amqp', 'many');
    expect(code).toBe(2);
    expect(err).toContain('--amqp: amqp.port: must be a port');
  });

  it('names the environment variable of each flag in its help', async () => {
    const { out } = await run('up', '--help');
    expect(out).toContain('SLUICE_ADMIN_PASSWORD_FILE');
  });
});

it('prints its version', async () => {
  expect((await run('version')).out).toMatch(/^sluice \d+\.\d+\.\d+\n$/);
  expect(JSON.parse((await run('version', '--json')).out)).toMatchObject({ node: process.versions.node });
});
