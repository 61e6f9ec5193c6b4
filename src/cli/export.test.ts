/** `sluice export prometheus` and `grafana`: what is written where. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './program.js';
import { Shell, type Output } from './shell.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-export-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function capture(): Output & { text: string } {
  const output = {
    ...{ text: '', isTerminal: false, hasColour: false, columns: 80 },
    write: (text: string | Uint8Array) => {
      output.text += typeof text === 'string' ? text : Buffer.from(text).toString();
      return Promise.resolve();
    },
  };
  return output;
}

async function run(...words: string[]) {
  const [out, err] = [capture(), capture()];
  const code = await runProgram(words, new Shell(out, err, {}, directory));
  return { code, out: out.text, err: err.text };
}

const configuration = `alerts:
  without: [no-consumers]
  rules:
    - { name: many-wait, metric: sluice_messages_ready, above: 7, for: 2m }
    - { name: unusual, kind: anomaly, metric: sluice_messages_ready }
`;

describe('sluice export prometheus', () => {
  it('prints the rules of the configuration, and why one is left out', async () => {
    writeFileSync(join(directory, 'sluice.yaml'), configuration);
    const { code, out } = await run('export', 'prometheus');
    expect(code).toBe(0);
    expect(out).toContain('alert: SluiceManyWait');
    expect(out).toContain('alert: SluiceOldestMessage');
    expect(out).not.toContain('SluiceNoConsumers');
    expect(out).toMatch(/^# Left out: unusual: .*median/m);
  });

  it('writes rules, cases and the scrape, with one time for all where it is asked for', async () => {
    expect(await run('export', 'prometheus', '--out', 'to/here', '--for', '3s')).toMatchObject({ code: 0 });
    const files = ['sluice.rules.test.yml', 'sluice.rules.yml', 'sluice.scrape.yml'];
    expect(readdirSync(join(directory, 'to/here')).sort()).toEqual(files);
    const rules = readFileSync(join(directory, 'to/here/sluice.rules.yml'), 'utf8');
    expect(new Set(rules.match(/ for: .*/g))).toEqual(new Set([' for: 3s']));
  });

  it('tells groups and what is left out as JSON', async () => {
    const { out } = await run('export', 'prometheus', '--json');
    expect(JSON.parse(out)).toMatchObject({ groups: expect.anything() as unknown, leftOut: [] });
  });

  it('refuses a configuration that is not there', async () => {
    expect((await run('export', 'prometheus', '--config', 'no.yaml')).code).toBe(2);
  });
});

describe('sluice export grafana', () => {
  it('writes dashboards and provisioning', async () => {
    expect(await run('export', 'grafana', '--out', 'here')).toMatchObject({ code: 0 });
    expect(existsSync(join(directory, 'here/dashboards/sluice-overview.json'))).toBe(true);
    expect(existsSync(join(directory, 'here/provisioning/datasources/sluice.yaml'))).toBe(true);
  });
});
