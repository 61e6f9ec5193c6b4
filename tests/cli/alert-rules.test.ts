/** Rules put, shown, tried and removed by command, over a kill; and what is wrong with a file, by field and line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RuleTrial } from '../../src/alerts/index.js';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
  await writeFile(
    join(place.folder, 'sluice.yaml'),
    'alerts:\n  rules: [{ name: ours, metric: sluice_messages_ready, above: 5 }]\n',
  );
});

afterEach(() => place.close());

const backlog = 'name: backlog\nmetric: sluice_messages_ready\nabove: 100\nfor: 5m\n';

async function refusal(text: string): Promise<string> {
  await writeFile(join(place.folder, 'rule.yaml'), text);
  const { code, stderr } = await place.sluice(['alert', 'rule', 'put', 'rule.yaml']);
  expect(code).toBe(2);
  return stderr;
}

it('a rule that was put is in force over a kill, until it is removed', { timeout: 120_000 }, async () => {
  const first = place.up();
  await first.ready;
  const put = await place.sluice(['alert', 'rule', 'put', '-'], backlog);
  expect(put).toMatchObject({ code: 0, stdout: 'In force: backlog.\n' });
  await first.end('SIGKILL', 20_000);
  await place.up().ready;
  const list = await place.sluice(['alert', 'rule', 'list']);
  expect(list.stdout).toMatch(/^backlog +api +threshold +queue/m);
  expect(list.stdout).toMatch(/^ours +configuration/m);
  const shown = await place.sluice(['alert', 'rule', 'show', 'backlog']);
  expect(shown.stdout).toContain('above: 100');
  expect((await place.sluice(['alert', 'rule', 'delete', 'backlog'])).stdout).toBe('Removed rule backlog.\n');
  const again = await place.sluice(['alert', 'rule', 'delete', 'backlog']);
  expect(again.stderr).toContain('backlog');
  expect(again.code).not.toBe(0);
  const owned = await place.sluice(['alert', 'rule', 'put', '-'], backlog.replace('backlog', 'ours'));
  expect(owned.stderr).toContain('rule ours stands in the configuration');
});

it('a rule that is tried says what it would judge now', { timeout: 120_000 }, async () => {
  await place.up().ready;
  await place.sluice(['queue', 'declare', 'orders']);
  await place.sluice(['publish', 'orders', '--body', 'a']);
  const rule = backlog.replace('100', '0');
  const end = performance.now() + 60_000;
  for (;;) {
    const { stdout } = await place.sluice(['alert', 'rule', 'test', '-', '--json'], rule);
    if (stdout !== '' && (JSON.parse(stdout) as RuleTrial).counts.fires > 0) break;
    expect(performance.now(), 'the queue is measured').toBeLessThan(end);
  }
  const { stdout } = await place.sluice(['alert', 'rule', 'test', '-'], rule);
  expect(stdout).toContain('Now it holds of 1 of 1 objects; 0 are unknown.');
  expect(stdout).toMatch(/embedded \/ orders +fires +1/);
});

it('what is wrong is told by field and line, without asking the server', { timeout: 60_000 }, async () => {
  expect(await refusal(backlog.replace('messages_ready', 'messages_redy'))).toContain(
    'rule.yaml:2: metric: ',
  );
  expect(
    await refusal(
      `${backlog}while:\n  - metric: sluice_consumers\n    below: 1\n  - metric: nothing\n    above: 1\n`,
    ),
  ).toContain('rule.yaml:8: while.1.metric: ');
  expect(
    await refusal(
      `- ${backlog.replaceAll('\n', '\n  ').trimEnd()}\n- name: other\n  abov: 3\n  metric: sluice_consumers\n`,
    ),
  ).toContain('rule.yaml:6: abov: there is no such field here');
  const two = await refusal('name: b\nmetric: sluice_messages_redy\nabove: 1\nwhere: { que: a }\n');
  expect(two).toContain('rule.yaml:2: metric: ');
  expect(two).toContain('rule.yaml:4: where.que: ');
  expect(await refusal('name: [\n')).toMatch(/rule\.yaml:\d+: /);
  expect(await refusal('just words\n')).toContain('rule.yaml is not a rule, nor a list of rules');
});
