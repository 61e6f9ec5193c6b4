/** Rules as Prometheus takes them: held to Sluice's own judgement by promtool. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRule, type RuleDefinition } from '../rules/rule.js';
import { findRuleCases, type RuleCases } from './rule-cases.js';
import { ruleGroups, type ExportedRule } from './rule-groups.js';
import { defaultExportedRules, exportedGroups, ruleFiles } from './rule-files.js';

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool) {
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error('no promtool: apt-get install prometheus');
  console.warn('skipped: no promtool: apt-get install prometheus');
}

/** One of each kind that has a value, and of each way to say which objects are meant. */
const various: readonly RuleDefinition[] = [
  { name: 'growth', kind: 'change', metric: 'sluice_messages_ready', over: '10m', above: 500 },
  {
    name: 'growth-share',
    kind: 'change',
    metric: 'sluice_messages_ready',
    over: '10m',
    relative: true,
    above: 0.5,
    clear: 0.2,
  },
  { name: 'many-came', kind: 'change', metric: 'sluice_messages_published_total', over: '10m', above: 1_000 },
  {
    name: 'space-ends',
    of: 'node',
    kind: 'forecast',
    metric: 'sluice_disk_free_bytes',
    below: 1_000_000_000,
    within: '1h',
  },
  {
    name: 'no-orders',
    kind: 'absence',
    metric: 'sluice_messages_ready',
    where: { queue: 'orders', vhost: '/' },
  },
  { name: 'silent', of: 'node', kind: 'staleness', above: '5m' },
  {
    name: 'burns',
    of: 'task',
    kind: 'burn-rate',
    bad: 'sluice_task_failed_total',
    total: 'sluice_task_attempts_total',
    objective: 0.99,
    windows: [{ factor: 10, long: '1h', short: '5m' }],
  },
  {
    name: 'of-some',
    metric: 'sluice_messages_ready',
    above: 10,
    where: { queue: 'orders-*', vhost: '/' },
    except: { queue: '/.*-test/', engine: 'far' },
    for: '1m',
  },
  { name: 'quantile', metric: 'sluice_message_wait_seconds_p95', above: 5, clear: 1 },
  {
    name: 'below-band',
    metric: 'sluice_consumers',
    below: 2,
    clear: 5,
    for: '1m',
    labels: { team: 'payments' },
  },
  {
    name: 'sum-of-shares',
    metric:
      'max(share(rate(sluice_messages_expired_total), rate(sluice_messages_published_total)), 0.1) * 2 + 1',
    above: 1.5,
  },
  {
    name: 'small-share',
    metric: 'share(rate(sluice_messages_delivered_total), rate(sluice_messages_published_total))',
    below: 0.5,
  },
  { name: 'least', metric: 'min(sluice_messages_ready, sluice_messages_unacknowledged)', above: 10 },
  { name: 'then', metric: 'sluice_messages_ready - past(sluice_messages_ready, 10m)', above: 10 },
];

const exported = (definition: RuleDefinition): ExportedRule => ({ rule: parseRule(definition) });

describe.skipIf(!hasPromtool)('promtool', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-promtool-'));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  function promtool(...given: readonly string[]): { code: number | null; said: string } {
    const { status, stdout, stderr } = spawnSync('promtool', given, { cwd: directory });
    return { code: status, said: `${String(stdout)}${String(stderr)}` };
  }

  it.each([
    ['that come with Sluice', defaultExportedRules()],
    ['of every kind', various.map(exported)],
  ])('finds no fault with the rules %s, which judge as Sluice does', (_, rules) => {
    const files = ruleFiles(rules);
    for (const { name, text } of files) writeFileSync(join(directory, name), text);
    const checked = promtool('check', 'rules', 'sluice.rules.yml');
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.said).not.toMatch(/duplicate|warning/i);
    expect(promtool('check', 'config', '--syntax-only', 'sluice.scrape.yml')).toMatchObject({ code: 0 });
    expect(promtool('test', 'rules', 'sluice.rules.test.yml')).toEqual({
      code: 0,
      said: 'Unit Testing:  sluice.rules.test.yml\n  SUCCESS\n\n',
    });
  });

  it('finds the fault where a rule judges otherwise', () => {
    for (const { name, text } of ruleFiles(defaultExportedRules()))
      writeFileSync(join(directory, name), text.replace(/(sluice_consumers\{[^}]*\}) < 1/, '$1 > 1'));
    expect(promtool('test', 'rules', 'sluice.rules.test.yml')).toMatchObject({ code: 1 });
  });
});

function drained(finding: ReturnType<typeof findRuleCases>): RuleCases {
  for (;;) {
    const { done, value } = finding.next();
    if (done === true) return value;
  }
}

describe('the rules that come with Sluice', () => {
  it('are all said, and all have cases of both sides', () => {
    const { said, leftOut } = exportedGroups(defaultExportedRules());
    expect(leftOut).toEqual([]);
    const { cases, untested } = drained(findRuleCases(said));
    expect(untested).toEqual([]);
    for (const { rule } of said) {
      const { name = '' } = cases.find((each) => each.name.startsWith(`${rule.name}: `)) ?? {};
      expect(name).toContain('fires, does-not-fire');
      for (const place of rule.while.keys()) expect(name).toContain(`without-while-${place + 1}`);
      if ('clear' in rule && rule.clear !== undefined) expect(name).toContain('goes-on-within-band');
    }
  });
});

describe('a rule', () => {
  it('records its value, holds within its band, and needs its second conditions', () => {
    const rule = exported({
      ...{
        name: 'some-drops',
        metric: 'rate(sluice_messages_dropped_total) / 2',
        above: 10,
        clear: 5,
        for: '90s',
      },
      ...{ while: [{ metric: 'sluice_consumers', above: 0 }], labels: { team: 'x' }, clearFor: '5m' },
      summary: '{queue} drops {value}, {{queue}}',
      runbook: 'https://wiki.example/drops',
    });
    expect(ruleGroups([rule]).groups).toEqual([
      {
        name: 'sluice-queue',
        rules: [
          {
            record: 'sluice:some_drops',
            expr: '(rate(sluice_messages_dropped_total{queue!=""}[1m]) / 2)',
          },
          {
            alert: 'SluiceSomeDrops',
            expr: '(sluice:some_drops > 10 or sluice:some_drops > 5 and ignoring(alertname, alertstate, team, severity, rule) ALERTS{alertname="SluiceSomeDrops",alertstate="firing"})\nand (sluice_consumers{queue!=""} > 0)',
            for: '90s',
            keep_firing_for: '5m',
            labels: { team: 'x', severity: 'warning', rule: 'some-drops' },
            annotations: {
              summary:
                '{{ $labels.queue }} drops {{ $value | humanizePercentage }}, {{ "{" }}{{ $labels.queue }}}',
              runbook_url: 'https://wiki.example/drops',
            },
          },
        ],
      },
    ]);
  });

  it.each([
    ['is told by the program', { of: 'receiver', kind: 'signal' }],
    ['compares with earlier days', { kind: 'anomaly', metric: 'sluice_messages_ready' }],
    ['asks for the greatest of a histogram', { metric: 'sluice_message_wait_seconds_max', above: 1 }],
    [
      'looks around in a pattern',
      { metric: 'sluice_messages_ready', above: 1, where: { queue: '/(?!a)b.*/' } },
    ],
  ])('that %s is left out, with the reason', (_, definition) => {
    const { groups, leftOut } = ruleGroups([exported({ name: 'odd', ...definition })]);
    expect(groups).toEqual([]);
    expect(leftOut).toEqual([{ rule: 'odd', reason: expect.stringMatching(/\w{4}/) as string }]);
  });

  it('that is turned off is not told of; a time for all replaces each one', () => {
    const definition = { name: 'odd', metric: 'sluice_consumers', below: 1, for: '1h' };
    expect(ruleGroups([exported({ ...definition, enabled: false })]).groups).toEqual([]);
    const [group] = ruleGroups([exported(definition)], { forSeconds: 2 }).groups;
    expect(group?.rules[0]).toMatchObject({ for: '2s', keep_firing_for: '2s' });
  });
});
