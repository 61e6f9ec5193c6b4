/** Exports over the API and by the command line: the same bytes, from the rules in force. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { Shell, type Output } from '../../src/cli/shell.js';
import { open } from '../../src/open.js';
import type { TaskApp } from '../../src/tasks/index.js';

let root: string;
let app: TaskApp;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-exports-'));
  app = await open({
    engine: join(root, 'data'),
    http: 0,
    alerts: {
      without: ['no-consumers'],
      rules: [{ name: 'many-wait', kind: 'threshold', metric: 'sluice_messages_ready', above: 7 }],
    },
  });
});
afterAll(async () => {
  await app.close();
  await rm(root, { recursive: true, force: true });
});

async function ask(path: string, method = 'GET', body?: unknown): Promise<Response> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  return fetch(`http://127.0.0.1:${app.ports['http']}${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function run(...words: string[]): Promise<string> {
  let text = '';
  const output = (isShown: boolean): Output => ({
    ...{ isTerminal: false, hasColour: false, columns: 80 },
    write: (piece: string | Uint8Array) => {
      if (isShown) text += String(piece);
      return Promise.resolve();
    },
  });
  expect(await runProgram(words, new Shell(output(true), output(false), {}, root))).toBe(0);
  return text;
}

describe('an export', () => {
  it.each(['prometheus', 'grafana'])('for %s has the same files over the API', async (system) => {
    await run('export', system, '--out', system);
    const list = (await (await ask(`/v1/export/${system}`)).json()) as { items: { name: string }[] };
    expect(list.items.length).toBeGreaterThan(2);
    for (const { name } of list.items) {
      const answer = await ask(`/v1/export/${system}/${encodeURIComponent(name)}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(await readFile(join(root, system, name), 'utf8'));
    }
    expect((await ask(`/v1/export/${system}/${encodeURIComponent('../package.json')}`)).status).toBe(404);
  });

  it('is made from the rules in force, those of the API among them', async () => {
    const rule = { metric: 'sluice_messages_unacknowledged', above: 5 };
    expect((await ask('/v1/alert-rules/from-the-api', 'PUT', rule)).status).toBeLessThan(300);
    const rules = await (await ask('/v1/export/prometheus/sluice.rules.yml')).text();
    const template = await (await ask('/v1/zabbix/template')).json();
    expect(JSON.parse(await run('export', 'zabbix', '--json'))).toEqual(template);
    expect(await run('export', 'prometheus')).toBe(rules);
    for (const text of [rules, JSON.stringify(template)]) {
      expect(text).toMatch(/many.?wait/i);
      expect(text).toMatch(/from.?the.?api/i);
      expect(text).not.toMatch(/no.?consumers/i);
    }
  });
});
