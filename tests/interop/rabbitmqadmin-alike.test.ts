/**
 * Debian's `rabbitmqadmin`, every subcommand, against Sluice and against a real RabbitMQ: it ends alike and prints the
 * same, but for names that each server gives by itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../src/http/testing/http-fixture.js';
import { runProgram } from '../support/child.mjs';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { python, requireProgram } from './installed.js';
import { commands, laterCommands, wordedOtherwise } from './management/admin-commands.js';

const program = '/usr/bin/rabbitmqadmin';
const reason = rabbitUnavailable();

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server, its files, and the name of its node. */
interface Side {
  readonly server: BrokerServer;
  readonly folder: string;
  readonly node: string;
}

async function sideOf(starting: Promise<BrokerServer>): Promise<Side> {
  const [server, folder] = await Promise.all([starting, mkdtemp(join(tmpdir(), 'sluice-alike-'))]);
  const answer = await ask(`http://127.0.0.1:${server.ports.http!}`, 'GET', '/api/nodes');
  const [{ name }] = answer.json as unknown as readonly [{ readonly name: string }];
  return { server, folder, node: name };
}

async function run({ server, folder }: Side, line: string): Promise<Outcome> {
  const files: Readonly<Record<string, string>> = { FILE: 'a.json', OTHER: 'b.json', ABSENT: 'none.json' };
  const given = line
    .split(' ')
    .map((each) => each.replace(/FILE|OTHER|ABSENT/, (name) => join(folder, files[name]!)));
  const options = ['-H', '127.0.0.1', '-P', String(server.ports.http), '-c', join(folder, 'none')];
  return runProgram(python, [program, ...options, ...given], { env: { ...process.env, HOME: folder } });
}

/** Without what only one side has: names, its folder and port, and the exchange for requests. */
function alike({ server, folder, node }: Side, text: string): string {
  const own = /^.*\bsluice\b +\|.*\n|^sluice\n/gm;
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(node, 'NODE')
    .replaceAll(String(server.ports.http), 'PORT')
    .replace(own, '')
    .replace(/ *NODE */g, ' NODE ')
    .replace(/[-+]{6,}/g, '---');
}

describe.skipIf(reason !== undefined)('rabbitmqadmin', () => {
  let theirs: Side;
  let ours: Side;

  beforeAll(async () => {
    const rabbit = startRabbit({ plugins: ['rabbitmq_management'] });
    [theirs, ours] = await Promise.all([sideOf(rabbit), sideOf(startSluice())]);
  }, 90_000);

  afterAll(async () => {
    await Promise.all([theirs, ours].map(({ server }) => server.stop()));
    await Promise.all([theirs, ours].map(({ folder }) => rm(folder, { recursive: true, force: true })));
  }, 60_000);

  beforeEach(async (context) => {
    await requireProgram(context, 'rabbitmqadmin');
  });

  async function compare(lines: readonly string[]): Promise<void> {
    const differing: unknown[] = [];
    for (const line of lines) {
      const [their, our] = await Promise.all(
        [theirs, ours].map(async (side) => {
          const { code, stdout, stderr } = await run(side, line);
          return { code, stdout: alike(side, stdout), stderr: alike(side, stderr) };
        }),
      );
      const compared = line in wordedOtherwise ? [their!.code, our!.code] : [their, our];
      if (JSON.stringify(compared[0]) !== JSON.stringify(compared[1])) differing.push([line, their, our]);
    }
    expect(differing).toEqual([]);
  }

  test('declares and lists alike', { timeout: 120_000 }, () => compare(commands));

  test('prints, publishes, gets, refuses, moves and deletes alike', { timeout: 120_000 }, () =>
    compare(laterCommands),
  );
});
